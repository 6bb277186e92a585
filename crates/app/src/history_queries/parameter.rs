use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use larder_history::{Dimension, Metric, Period};

use crate::costs::{METRICS_OF_COSTS, YEARS, chosen, days, period_of_texts, recent, today};
use crate::problem::{Code, Problem, quoted};

/// Something that a query can be told.
#[derive(Debug)]
pub struct QueryParameter {
    /// `month`.
    pub name: &'static str,
    /// For people, without a full stop.
    pub help: &'static str,
    /// What it may be.
    pub values: Values,
}

/// What a parameter may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// `2026-11`.
    Month,
    /// `2026-11-01`.
    Day,
    /// One of these; the first where absent.
    OneOf(&'static [&'static str]),
    /// From 1 to that.
    Count(u32),
}

pub(super) const MONTH: QueryParameter =
    QueryParameter { name: "month", help: "Such as 2026-11; the current one where absent", values: Values::Month };
pub(super) const FROM: QueryParameter =
    QueryParameter { name: "from", help: "The first day; goes with to", values: Values::Day };
pub(super) const TO: QueryParameter =
    QueryParameter { name: "to", help: "The day after the last; goes with from", values: Values::Day };
pub(super) const ONE_MONTH: QueryParameter =
    QueryParameter { name: "month", help: "That month alone, such as 2026-11", values: Values::Month };
pub(super) const METRIC: QueryParameter = QueryParameter {
    name: "metric",
    help: "As it is billed, or spread over the days that it is for",
    values: Values::OneOf(&["unblended", "amortised"]),
};
pub(super) const BY: QueryParameter =
    QueryParameter { name: "by", help: "What is counted", values: Values::OneOf(&["state", "type", "region"]) };
pub(super) const LIMIT: QueryParameter =
    QueryParameter { name: "limit", help: "At most so many; 20 where absent", values: Values::Count(MOST_ROWS) };

/// The most rows of a query that takes a limit.
const MOST_ROWS: u32 = 1_000;
/// How many rows it has where nobody says.
const ROWS: u32 = 20;

/// The words of a query's parameters, read: what a row does not take has its default.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// All where there are none.
    pub(super) accounts: Vec<String>,
    /// The days that were named.
    pub(super) period: Option<Period>,
    /// The first day of the month that was named.
    pub(super) month: Option<Date>,
    pub(super) metric: Metric,
    pub(super) by: Dimension,
    pub(super) limit: u32,
    pub(super) now: Timestamp,
}

impl Given {
    /// Reads the words, which `get` finds by name.
    ///
    /// # Errors
    /// A [`Problem`] that says which is wrong.
    pub(super) fn read<'a>(
        accounts: Vec<String>,
        now: Timestamp,
        get: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<Self, Problem> {
        let dimensions =
            [("state", Dimension::State), ("type", Dimension::InstanceType), ("region", Dimension::Region)];
        let words = dimensions.map(|(word, dimension)| (word, Some(dimension)));
        let (period, month) = (period_of_texts(get("from"), get("to"))?, get("month").map(month_of_text).transpose()?);
        if period.is_some() && month.is_some() {
            let detail = "Either month, or from and to: not both.";
            return Err(Problem::new(Code::InvalidPeriod, detail));
        }
        Ok(Self {
            accounts,
            period,
            month,
            metric: chosen("metric", get("metric"), &METRICS_OF_COSTS)?,
            by: chosen("by", get("by"), &words)?.unwrap_or(Dimension::State),
            limit: get("limit").map(limit_of_text).transpose()?.unwrap_or(ROWS),
            now,
        })
    }

    /// The days that were named, or those of the month, or the recent ones.
    pub(super) fn days(&self) -> Period {
        let month = self.month.map(|first| Period { from: first, to: next_month(first) });
        self.period.or(month).unwrap_or_else(|| recent(self.now))
    }

    /// The same in whole months.
    pub(super) fn months(&self) -> Period {
        let Period { from, to } = self.days();
        let to = if to == to.first_of_month() { to } else { next_month(to.first_of_month()) };
        Period { from: from.first_of_month(), to }
    }

    /// The month that was named, or the current one.
    pub(super) fn month(&self) -> Date {
        self.month.unwrap_or_else(|| today(self.now).first_of_month())
    }

    /// The beginnings of the days that have come, and now if it is one of them.
    pub(super) fn moments(&self) -> Vec<Timestamp> {
        let utc = |day: Date| day.to_zoned(TimeZone::UTC).map(|begin| begin.timestamp()).ok();
        let mut moments: Vec<_> = days(self.days()).filter_map(utc).filter(|begin| *begin < self.now).collect();
        if days(self.days()).any(|day| day == today(self.now)) {
            moments.push(self.now);
        }
        moments
    }

    /// Makes sure that no more days are named than that.
    ///
    /// # Errors
    /// [`Code::InvalidPeriod`].
    pub(super) fn check_days(&self, most: usize) -> Result<(), Problem> {
        let count = days(self.days()).count();
        if count <= most {
            return Ok(());
        }
        Err(Problem::new(Code::InvalidPeriod, format!("{count} days are too many; this can be asked about {most}.")))
    }
}

/// The first day of the month after that.
pub(super) fn next_month(first: Date) -> Date {
    first.saturating_add(1.month())
}

fn month_of_text(text: &str) -> Result<Date, Problem> {
    let is_one = text.len() == "2026-11".len() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let first = format!("{text}-01").parse::<Date>().ok();
    let first = first.filter(|first| is_one && YEARS.contains(&first.year()));
    first.ok_or_else(|| {
        Problem::new(Code::InvalidPeriod, format!("month is {}, and must be one such as 2026-11.", quoted(text)))
    })
}

fn limit_of_text(text: &str) -> Result<u32, Problem> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let limit = digits.then(|| text.parse().ok()).flatten().filter(|limit| (1..=MOST_ROWS).contains(limit));
    let wrong = || format!("{} is not a whole number from 1 to {MOST_ROWS}.", quoted(text));
    limit.ok_or_else(|| Problem::new(Code::InvalidLimit, wrong()))
}
