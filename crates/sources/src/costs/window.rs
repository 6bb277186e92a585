use std::time::SystemTime;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::malformed;
use crate::FetchError;

/// The days that are asked for, in UTC, which is how AWS cuts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// The first day of the month before last.
    pub(super) from: Date,
    /// Tomorrow.
    pub(super) to: Date,
}

impl Window {
    /// That of the day of `now`.
    pub(super) fn at(now: SystemTime) -> Result<Self, FetchError> {
        let window = || {
            let today = Timestamp::try_from(now)?.to_zoned(TimeZone::UTC).date();
            Ok(Self { from: today.first_of_month().checked_sub(2.months())?, to: today.tomorrow()? })
        };
        window().map_err(|error: jiff::Error| malformed(format!("the clock tells no day: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2025-11-15T12:00:00Z", "2025-09-01", "2025-11-16")]
    #[case("2025-11-01T00:00:00Z", "2025-09-01", "2025-11-02")]
    #[case("2025-10-31T23:59:59Z", "2025-08-01", "2025-11-01")]
    #[case("2026-01-31T12:00:00Z", "2025-11-01", "2026-02-01")]
    #[case("2026-02-28T12:00:00Z", "2025-12-01", "2026-03-01")]
    #[case("2028-02-29T12:00:00Z", "2027-12-01", "2028-03-01")]
    #[case("2026-12-31T12:00:00Z", "2026-10-01", "2027-01-01")]
    fn it_is_three_calendar_months_to_the_end_of_today(#[case] now: Timestamp, #[case] from: Date, #[case] to: Date) {
        assert_eq!(Window::at(now.into()).ok(), Some(Window { from, to }));
    }
}
