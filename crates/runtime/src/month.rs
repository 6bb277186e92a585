use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::second::{Second, Span};

/// A month of UTC, such as `2025-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

/// A text that is no month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be a year and a month, such as 2025-11")]
pub struct NotAMonth;

impl Month {
    /// The one that a moment is in.
    #[must_use]
    pub fn of(moment: Second) -> Self {
        Self(day_of(moment).first_of_month())
    }

    /// The one before.
    #[must_use]
    pub fn before(self) -> Self {
        Self(self.0.saturating_sub(1.month()))
    }

    /// The one after.
    #[must_use]
    pub fn after(self) -> Self {
        Self(self.0.saturating_add(1.month()))
    }

    /// From its first second until before the next month's.
    #[must_use]
    pub fn span(self) -> Span {
        Span { from: start_of(self.0), to: start_of(self.after().0) }
    }
}

/// The day of UTC that a moment is in.
pub(crate) fn day_of(moment: Second) -> Date {
    let timestamp = Timestamp::from_second(moment.unix()).unwrap_or_default();
    timestamp.to_zoned(TimeZone::UTC).date()
}

/// The first second of a day.
pub(crate) fn start_of(day: Date) -> Second {
    day.to_zoned(TimeZone::UTC).map_or(Second::MAX, |midnight| midnight.timestamp().into())
}

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let (year, month) = text.split_once('-').ok_or(NotAMonth)?;
        let digits = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(NotAMonth);
        }
        let (year, month) = (year.parse().map_err(|_| NotAMonth)?, month.parse().map_err(|_| NotAMonth)?);
        Date::new(year, month, 1).map(Self).map_err(|_| NotAMonth)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_as_long_as_in_the_calendar() {
        let minutes = |text: &str| text.parse::<Month>().expect("a month").span().seconds() / 60;
        assert_eq!(["2028-02", "2027-02", "2025-11", "2025-12"].map(minutes), [41_760, 40_320, 43_200, 44_640]);
    }

    #[test]
    fn only_a_year_and_a_month_are_a_month() {
        for text in
            ["", "2025", "2025-13", "2025-00", "2025-1", "25-01", "2025-11-01", "+025-11", "2025/11", "２０25-11"]
        {
            assert_eq!(text.parse::<Month>(), Err(NotAMonth), "{text}");
        }
        assert_eq!("2025-11".parse::<Month>().expect("a month").to_string(), "2025-11");
    }

    #[test]
    fn a_moment_is_in_the_month_of_utc() {
        let month = |text: &str| Month::of(text.parse().expect("ISO 8601")).to_string();
        assert_eq!(month("2025-11-30T23:59:59-01:00"), "2025-12");
        assert_eq!(month("2025-11-01T00:00:00Z"), "2025-11");
    }
}
