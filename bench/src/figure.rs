use std::fmt;

/// A number that was measured, in its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Figure {
    /// Nanoseconds.
    Time(f64),
    /// Times that upstream was called.
    Calls(f64),
    /// Bytes.
    Bytes(f64),
    /// A part of a whole, from 0 to 1.
    Share(f64),
    /// US dollars a million requests.
    DollarsAMillion(f64),
}

impl Figure {
    /// The number alone.
    pub(crate) fn number(self) -> f64 {
        match self {
            Self::Time(number)
            | Self::Calls(number)
            | Self::Bytes(number)
            | Self::Share(number)
            | Self::DollarsAMillion(number) => number,
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Time(nanoseconds) => f.write_str(&scaled(nanoseconds, 1e3, &["ns", "µs", "ms", "s"])),
            Self::Calls(1.0) => f.write_str("1 call"),
            Self::Calls(calls) => write!(f, "{calls} calls"),
            Self::Bytes(bytes) => f.write_str(&scaled(bytes, 1024.0, &["B", "KiB", "MiB"])),
            Self::Share(share) => write!(f, "{:.2} %", share * 100.0),
            Self::DollarsAMillion(dollars) => write!(f, "${dollars:.2}"),
        }
    }
}

/// With three digits, in the unit that suits it.
fn scaled(mut number: f64, step: f64, units: &[&str]) -> String {
    let mut units = units.iter().peekable();
    let mut unit = "";
    while let Some(next) = units.next() {
        unit = next;
        if number < step || units.peek().is_none() {
            break;
        }
        number /= step;
    }
    let decimals = if number < 10.0 { 2 } else { usize::from(number < 100.0) };
    format!("{number:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits_and_a_unit() {
        let cases = [
            (Figure::Time(8.123), "8.12 ns"),
            (Figure::Time(42.0), "42.0 ns"),
            (Figure::Time(512.4), "512 ns"),
            (Figure::Time(1_234.0), "1.23 µs"),
            (Figure::Time(27e6), "27.0 ms"),
            (Figure::Time(90e9), "90.0 s"),
            (Figure::Bytes(412.0), "412 B"),
            (Figure::Bytes(7_654_321.0), "7.30 MiB"),
            (Figure::Calls(64.0), "64 calls"),
            (Figure::Share(0.362_735), "36.27 %"),
            (Figure::DollarsAMillion(1.239), "$1.24"),
        ];
        for (figure, text) in cases {
            assert_eq!(figure.to_string(), text);
        }
    }
}
