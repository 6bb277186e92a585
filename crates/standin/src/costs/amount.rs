use std::fmt;
use std::iter::Sum;

/// An amount of money to the tenth decimal place, as Cost Explorer tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Amount(i128);

/// How many of the last place make one.
const ONE: i128 = 10_000_000_000;

impl Amount {
    /// So many cents.
    pub(super) const fn cents(cents: i128) -> Self {
        Self(cents * (ONE / 100))
    }

    /// So many millionths of it.
    pub(super) fn millionths(self, millionths: i128) -> Self {
        Self(self.0 * millionths / 1_000_000)
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.map(|amount| amount.0).sum())
    }
}

impl std::ops::Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl fmt::Display for Amount {
    /// With all of its places: `12.3400000000`. Nothing is `0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("0"),
            amount => write!(f, "{}.{:010}", amount / ONE, amount % ONE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_written_with_all_its_places() {
        let written = [0, 1, 1_234].map(|cents| Amount::cents(cents).to_string());
        assert_eq!(written, ["0", "0.0100000000", "12.3400000000"]);
        assert_eq!(Amount::cents(1).millionths(3).to_string(), "0.0000000300");
        assert_eq!([Amount::cents(999), Amount::cents(1)].into_iter().sum::<Amount>(), Amount::cents(1_000));
    }
}
