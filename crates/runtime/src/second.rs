use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment in whole seconds, as AWS's events tell it: a fraction is cut off. Written as ISO 8601 in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Second(i64);

/// From one moment until before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its first second.
    pub from: Second,
    /// The second after its last.
    pub to: Second,
}

impl Second {
    const MIN_UNIX: i64 = -62_135_596_800;
    const MAX_UNIX: i64 = 253_402_207_200;
    /// Before everything: the year 1.
    pub const MIN: Self = Self(Self::MIN_UNIX);
    /// After everything: the year 9999.
    pub const MAX: Self = Self(Self::MAX_UNIX);

    /// So many seconds since 1970-01-01 UTC, from [`MIN`](Self::MIN) to [`MAX`](Self::MAX).
    #[must_use]
    pub const fn of_unix(seconds: i64) -> Self {
        match seconds {
            ..=Self::MIN_UNIX => Self::MIN,
            Self::MAX_UNIX.. => Self::MAX,
            _ => Self(seconds),
        }
    }

    /// Seconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// So many seconds later; earlier if negative.
    #[must_use]
    pub fn plus(self, seconds: i64) -> Self {
        Self::of_unix(self.0.saturating_add(seconds))
    }

    /// Seconds from `earlier` until this; negative if that is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
}

impl Span {
    /// Whether no second is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.from >= self.to
    }

    /// How many seconds are in it.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.to.since(self.from).max(0)
    }

    /// Whether a moment is in it.
    #[must_use]
    pub fn contains(&self, moment: Second) -> bool {
        (self.from..self.to).contains(&moment)
    }

    /// The seconds that are in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self { from: self.from.max(other.from), to: self.to.min(other.to) }
    }
}

impl From<Timestamp> for Second {
    fn from(timestamp: Timestamp) -> Self {
        // Not `as_second`, which rounds towards 1970.
        Self::of_unix(timestamp.as_nanosecond().div_euclid(1_000_000_000) as i64)
    }
}

impl FromStr for Second {
    type Err = jiff::Error;

    /// ISO 8601 with any offset.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<Timestamp>().map(Self::from)
    }
}

impl fmt::Display for Second {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_second(self.0) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => write!(f, "{} s since 1970", self.0),
        }
    }
}

impl fmt::Debug for Second {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Second {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Second {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_read_with_any_offset_and_written_in_utc() {
        for (text, written) in [
            ("2025-11-02T10:00:00Z", "2025-11-02T10:00:00Z"),
            ("2025-11-02T10:00:00.999Z", "2025-11-02T10:00:00Z"),
            ("2022-02-09T12:00:59+11:00", "2022-02-09T01:00:59Z"),
            ("1969-12-31T23:59:58.5Z", "1969-12-31T23:59:58Z"),
        ] {
            assert_eq!(text.parse::<Second>().expect("ISO 8601").to_string(), written);
        }
        assert!("2025-11-02 10:00".parse::<Second>().is_err());
    }

    #[test]
    fn the_ends_of_time_can_be_written_and_read() {
        for end in [Second::MIN, Second::MAX] {
            assert_eq!(end.to_string().parse::<Second>().expect("ISO 8601"), end);
            assert_eq!(end.plus(1).plus(-1).clamp(Second::MIN, Second::MAX), end.plus(1).plus(-1));
        }
    }

    #[test]
    fn a_number_that_is_no_moment_is_one_of_the_ends_of_time() {
        assert_eq!((Second::of_unix(i64::MIN), Second::of_unix(i64::MAX)), (Second::MIN, Second::MAX));
        assert_eq!("-009999-01-02T01:59:59Z".parse::<Second>().expect("ISO 8601"), Second::MIN);
        let all = Span { from: Second::of_unix(i64::MIN), to: Second::of_unix(i64::MAX) };
        assert_eq!(all.seconds(), Second::MAX.unix() - Second::MIN.unix());
    }
}
