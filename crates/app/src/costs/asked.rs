use std::ops::RangeInclusive;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use larder_history::{Metric, Period};

use crate::problem::{Code, Problem, quoted};

/// The years that can be asked for, so that a pattern can say which days there are.
pub(crate) const YEARS: RangeInclusive<i16> = 2000..=2099;
/// The most days that can be asked for: ten years.
const MOST_DAYS: i32 = 3_660;

/// What of the costs is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedCosts<'a> {
    /// Accounts with commas between them; all that the caller may see where absent.
    pub accounts: Option<&'a str>,
    /// The days; those that Cost Explorer is asked for where absent.
    pub period: Option<Period>,
    /// What one amount is the sum of.
    pub granularity: Granularity,
    /// What one series is about.
    pub group_by: GroupBy,
    /// Which amounts.
    pub metric: Metric,
}

/// What one amount is the sum of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Granularity {
    /// A day.
    #[default]
    Day,
    /// A month, as far as it is asked for.
    Month,
}

/// What one series is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupBy {
    /// A service, in all accounts.
    #[default]
    Service,
    /// An account, of all services.
    Account,
}

impl Granularity {
    /// Each, with its word.
    pub const WORDS: [(&'static str, Self); 2] = [("day", Self::Day), ("month", Self::Month)];

    /// The first day of what a day belongs to.
    pub(super) fn label(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Month => day.first_of_month(),
        }
    }
}

impl GroupBy {
    /// Each, with its word.
    pub const WORDS: [(&'static str, Self); 2] = [("service", Self::Service), ("account", Self::Account)];
}

/// The metrics of costs, each with its word.
pub const METRICS_OF_COSTS: [(&str, Metric); 2] = [("unblended", Metric::Unblended), ("amortised", Metric::Amortised)];

/// What a word stands for, or the default where there is none.
///
/// # Errors
/// [`Code::InvalidParameter`], naming those that there are.
pub fn chosen<T: Copy + Default>(name: &str, word: Option<&str>, words: &[(&'static str, T)]) -> Result<T, Problem> {
    let Some(word) = word else { return Ok(T::default()) };
    let found = words.iter().find(|(known, _)| *known == word).map(|(_, meant)| *meant);
    found.ok_or_else(|| {
        let known: Vec<_> = words.iter().map(|(known, _)| *known).collect();
        let detail = format!("{name} is {} and can be {}.", quoted(word), known.join(" or "));
        Problem::new(Code::InvalidParameter, detail).with("parameter", name).with("known", known)
    })
}

/// The days from `from` on, without `to`.
///
/// # Errors
/// [`Code::InvalidPeriod`] for one without the other, for what is no day, and for none or too many of them.
pub fn period_of_texts(from: Option<&str>, to: Option<&str>) -> Result<Option<Period>, Problem> {
    match (from, to) {
        (None, None) => Ok(None),
        (Some(from), Some(to)) => {
            let period = Period { from: day_of_text("from", from)?, to: day_of_text("to", to)? };
            let days = period.to.since(period.from).map_or(0, |span| span.get_days());
            if (1..=MOST_DAYS).contains(&days) {
                return Ok(Some(period));
            }
            let detail = format!(
                "From {from} to {to}, which is not among them, are {days} days; 1 to {MOST_DAYS} can be asked for."
            );
            Err(Problem::new(Code::InvalidPeriod, detail))
        }
        _ => Err(Problem::new(
            Code::InvalidPeriod,
            "from and to go together: the first day, and the one after the last.",
        )),
    }
}

/// The day that a text names.
///
/// # Errors
/// [`Code::InvalidPeriod`].
pub(crate) fn day_of_text(name: &str, text: &str) -> Result<Date, Problem> {
    let is_one = text.len() == "2026-11-01".len() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let day = text.parse::<Date>().ok().filter(|day| is_one && YEARS.contains(&day.year()));
    day.ok_or_else(|| {
        Problem::new(Code::InvalidPeriod, format!("{name} is {}, and must be a day such as 2026-11-01.", quoted(text)))
    })
}

/// The days that Cost Explorer is asked for: this month and the two before it, today included.
pub(crate) fn recent(now: Timestamp) -> Period {
    let today = today(now);
    let from = today.first_of_month().saturating_sub(2.months());
    Period { from, to: today.saturating_add(1.day()) }
}

/// The day in UTC, as AWS bills.
pub(crate) fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// Every day of a period.
pub(crate) fn days(period: Period) -> impl Iterator<Item = Date> {
    period.from.series(1.day()).take_while(move |day| *day < period.to)
}
