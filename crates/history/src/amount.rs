//! Amounts as the databases keep them: exact, or refused.

use bigdecimal::num_bigint::BigInt;
use bigdecimal::{BigDecimal, ToPrimitive};

use crate::HistoryError;

/// The most digits after the decimal point.
const PLACES: i64 = 18;
/// The most digits before it: 9,000 of the largest still add up in 64 bits.
const WHOLE_DIGITS: i64 = 15;
const PART: i64 = 1_000_000_000;

/// An amount as a sum of integers, all of one sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) units: i64,
    /// In 1e-9.
    pub(crate) nano: i64,
    /// In 1e-18.
    pub(crate) atto: i64,
}

impl Parts {
    /// The parts of an amount, whole.
    ///
    /// # Errors
    /// [`HistoryError::Invalid`] if it has more digits than fit, naming it: it is never rounded.
    pub(crate) fn of(amount: &BigDecimal) -> Result<Self, HistoryError> {
        let too_long = || {
            let kept = format!("of an amount, {WHOLE_DIGITS} digits and {PLACES} decimal places are kept");
            HistoryError::Invalid(format!("{amount} has more digits than fit: {kept}"))
        };
        let exact = amount.normalized();
        let (digits, places) = (i64::try_from(exact.digits()).unwrap_or(i64::MAX), exact.fractional_digit_count());
        if places > PLACES || digits.saturating_sub(places) > WHOLE_DIGITS {
            return Err(too_long());
        }
        let (attos, _) = exact.with_scale(PLACES).into_bigint_and_scale();
        let part = |number: BigInt| number.to_i64().ok_or_else(too_long);
        let nanos = &attos / PART;
        Ok(Self { units: part(&nanos / PART)?, nano: part(nanos % PART)?, atto: part(attos % PART)? })
    }

    /// What they add up to. Sums of parts need not be carried over first.
    pub(crate) fn amount(self) -> BigDecimal {
        let attos = (BigInt::from(self.units) * PART + self.nano) * PART + self.atto;
        plain(&BigDecimal::new(attos, PLACES))
    }
}

/// The same amount without trailing zeros after the decimal point, so that equal ones look equal.
pub(crate) fn plain(amount: &BigDecimal) -> BigDecimal {
    let exact = amount.normalized();
    if exact.fractional_digit_count() < 0 { exact.with_scale(0) } else { exact }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use rstest::rstest;

    use super::*;

    fn parsed(text: &str) -> BigDecimal {
        BigDecimal::from_str(text).expect("a number")
    }

    #[rstest]
    #[case("0", (0, 0, 0))]
    #[case("12.3400000000", (12, 340_000_000, 0))]
    #[case("-0.000000000000000001", (0, 0, -1))]
    #[case("-1.000000002000000003", (-1, -2, -3))]
    #[case("999999999999999.999999999999999999", (999_999_999_999_999, 999_999_999, 999_999_999))]
    #[case("1e-7", (0, 100, 0))]
    #[case("1.2e3", (1_200, 0, 0))]
    fn parts_are_the_whole_amount(#[case] text: &str, #[case] (units, nano, atto): (i64, i64, i64)) {
        let parts = Parts::of(&parsed(text)).expect("it fits");
        assert_eq!(parts, Parts { units, nano, atto });
        assert_eq!(parts.amount(), parsed(text));
    }

    #[rstest]
    #[case("0.0000000000000000001")]
    #[case("1000000000000000")]
    #[case("1e900000000")]
    #[case("1e-900000000")]
    fn what_does_not_fit_is_named_and_never_rounded(#[case] text: &str) {
        let Err(HistoryError::Invalid(why)) = Parts::of(&parsed(text)) else { panic!("{text} was taken") };
        assert!(why.contains(&parsed(text).to_string()), "{why}");
    }

    #[test]
    fn sums_of_parts_need_no_carrying() {
        let sum = Parts { units: 1, nano: 3 * 999_999_999, atto: -5 };
        assert_eq!(sum.amount(), parsed("3.999999996999999995"));
    }

    #[test]
    fn equal_amounts_look_equal() {
        for text in ["1200", "1.2e3", "1200.000"] {
            assert_eq!(plain(&parsed(text)).to_plain_string(), "1200");
        }
    }
}
