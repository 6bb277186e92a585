//! The table, for people.

use std::io::{self, Write};

use crate::arguments::Effort;
use crate::machine::Machine;
use crate::measurements::{Measurement, Outcome};

const HEAD: [&str; 7] = ["what", "bytes", "median", "beside", "its median", "ratio", "requests"];

/// What was measured so far.
pub(crate) struct Report {
    machine: Machine,
    rows: Vec<[String; HEAD.len()]>,
}

impl Report {
    pub(crate) fn new(machine: Machine) -> Self {
        Self { machine, rows: Vec::new() }
    }

    /// Says on stderr what comes next: a run takes minutes.
    pub(crate) fn announce(&self, name: &str) -> io::Result<()> {
        writeln!(io::stderr(), "measuring {name}")
    }

    pub(crate) fn add(&mut self, measurement: &Measurement, outcome: &Outcome) {
        let Outcome { comparison, requests, bytes } = *outcome;
        self.rows.push([
            measurement.name.to_owned(),
            bytes.to_string(),
            time(comparison.measured),
            measurement.beside.to_owned(),
            time(comparison.beside),
            format!("{:.2}", comparison.ratio),
            requests.map_or_else(|| "-".to_owned(), number_of_requests),
        ]);
    }

    /// Prints the table, its columns aligned.
    pub(crate) fn print(&self, effort: Effort) -> io::Result<()> {
        let mut out = io::stdout().lock();
        for line in self.machine.lines() {
            writeln!(out, "{line}")?;
        }
        writeln!(out, "{}\n", conditions(effort))?;
        let lines = || std::iter::once(HEAD.map(str::to_owned)).chain(self.rows.iter().cloned());
        let widths: [usize; HEAD.len()] =
            std::array::from_fn(|column| lines().map(|row| row[column].chars().count()).max().unwrap_or(0));
        for row in lines() {
            let cells: Vec<_> = (0..row.len()).map(|column| padded(column, &row[column], widths[column])).collect();
            writeln!(out, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }

    /// Writes the table into `bench/RESULTS.md`.
    ///
    /// # Errors
    /// If the file can't be written.
    pub(crate) fn write(&self, effort: Effort) -> anyhow::Result<()> {
        let mut text = String::from("# Results\n\n");
        for line in self.machine.lines().iter().chain([&conditions(effort)]) {
            text.push_str(&format!("- {line}\n"));
        }
        text.push_str(&format!("\n| {} |\n|{}\n", HEAD.join(" | "), "---|".repeat(HEAD.len())));
        for row in &self.rows {
            text.push_str(&format!("| {} |\n", row.join(" | ")));
        }
        let path = larder_tests::project().join("bench/RESULTS.md");
        std::fs::write(&path, text)?;
        writeln!(io::stderr(), "wrote {}", path.display())?;
        Ok(())
    }
}

fn conditions(effort: Effort) -> String {
    format!("{} alternating rounds; medians of the rounds' medians, ratio: median of the rounds' ratios", effort.rounds)
}

/// Words to the left, numbers to the right.
fn padded(column: usize, cell: &str, width: usize) -> String {
    if matches!(HEAD[column], "what" | "beside") { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
}

/// An operation's; where few operations make any, how many there are to one request.
fn number_of_requests(requests: f64) -> String {
    if requests > 0.0 && requests < 0.005 { format!("1 in {:.0}", requests.recip()) } else { format!("{requests:.2}") }
}

/// Nanoseconds with three digits, in the unit that suits them.
fn time(nanoseconds: f64) -> String {
    let (number, unit) = match nanoseconds {
        below if below < 1e3 => (below, "ns"),
        below if below < 1e6 => (below / 1e3, "µs"),
        number => (number / 1e6, "ms"),
    };
    let decimals = if number < 10.0 { 2 } else { usize::from(number < 100.0) };
    format!("{number:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_requests_are_not_none() {
        assert_eq!(number_of_requests(0.0), "0.00");
        assert_eq!(number_of_requests(5.0), "5.00");
        assert_eq!(number_of_requests(0.000_001), "1 in 1000000");
    }

    #[test]
    fn times_have_three_digits_and_a_unit() {
        let cases = [(8.123, "8.12 ns"), (42.0, "42.0 ns"), (512.4, "512 ns"), (1_234.0, "1.23 µs"), (27e6, "27.0 ms")];
        for (nanoseconds, text) in cases {
            assert_eq!(time(nanoseconds), text);
        }
    }
}
