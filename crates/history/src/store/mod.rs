//! Keeping what a sync told.

mod account;
mod costs;
mod record;
mod resources;
mod spans;
mod told;
mod writable;

pub(crate) use account::{accounts, put_account, remove_account};
pub(crate) use costs::store_costs;
pub(crate) use record::record_failure;
pub(crate) use resources::store_resources;
pub(crate) use writable::check_writable;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::HistoryError;

/// From here on days are not kept: the end of a current version.
const END: Date = date(9999, 1, 1);

/// The end of a version that has none: 9999-01-01.
pub(crate) const STILL: Timestamp = Timestamp::constant(253_370_764_800, 0);

/// The moment as precisely as databases keep it: to the microsecond.
///
/// # Errors
/// [`HistoryError::Invalid`] for one that no sync can have.
pub(crate) fn kept_moment(moment: Timestamp) -> Result<Timestamp, HistoryError> {
    let out_of_range = || HistoryError::Invalid(format!("{moment} is not the time of a sync"));
    if moment < Timestamp::UNIX_EPOCH || moment >= STILL {
        return Err(out_of_range());
    }
    Timestamp::from_microsecond(moment.as_microsecond()).map_err(|_| out_of_range())
}

/// # Errors
/// [`HistoryError::Invalid`] for a day that no bill has.
pub(crate) fn check_day(day: Date) -> Result<(), HistoryError> {
    if (date(1970, 1, 1)..=END).contains(&day) {
        return Ok(());
    }
    Err(HistoryError::Invalid(format!("{day} is not a day of a bill")))
}

/// The first day of the moment's month, in UTC.
pub(crate) fn month_of(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date().first_of_month()
}

/// The first day of the month after.
pub(crate) fn month_after(month: Date) -> Date {
    month.first_of_month().saturating_add(1.month())
}
