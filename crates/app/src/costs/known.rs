use std::collections::BTreeSet;
use std::str::FromStr;
use std::time::Duration;

use bigdecimal::BigDecimal;
use jiff::Timestamp;
use jiff::civil::Date;
use larder_cache::{Answer, Freshness};
use larder_history::{CostRow, CostsOfAccount, Period};
use larder_sources::DataType;
use serde::Deserialize;

use super::asked::days;
use crate::inventory::{Source, fetch_begun};
use crate::problem::{Code, Problem, of_failure};

/// A number with more digits than that, or more zeros behind it, is no amount of money.
const MOST_DIGITS: u64 = 60;

/// What is known of the costs of an account.
#[derive(Debug)]
pub(crate) struct KnownCosts {
    pub(crate) source: Source,
    pub(crate) as_of: Timestamp,
    pub(crate) age: Duration,
    /// Why it is not newer, if AWS failed.
    pub(crate) cause: Option<Problem>,
    /// What the history said of the days before, if they were asked for and it has any.
    pub(crate) earlier: Option<Result<Timestamp, Problem>>,
    /// The days of which everything is known: what is not among the rows cost nothing.
    pub(crate) days: BTreeSet<Date>,
    pub(crate) rows: Vec<CostRow>,
    /// What names the state of the rows that did not come from the history.
    tag: String,
}

/// The data type's answer.
#[derive(Deserialize)]
struct Told {
    from: Date,
    to: Date,
    costs: Vec<ToldCost>,
}

#[derive(Deserialize)]
struct ToldCost {
    day: Date,
    service: String,
    currency: String,
    unblended: String,
    amortised: String,
    estimated: bool,
}

impl KnownCosts {
    /// What the cache answered.
    ///
    /// # Errors
    /// [`Code::Internal`] if the answer is not as the data type answers.
    pub(crate) fn of_answer(answer: &Answer, data_type: &DataType) -> Result<Self, Problem> {
        let (period, rows) = rows_of(&answer.value)?;
        let cause = match &answer.freshness {
            Freshness::StaleIfError(failure) => Some(of_failure(failure, data_type)),
            Freshness::Fresh | Freshness::StaleWhileRevalidate => None,
        };
        Ok(Self {
            source: Source::of(answer.origin),
            as_of: fetch_begun(answer),
            age: answer.age,
            cause,
            earlier: None,
            days: days(period).collect(),
            rows,
            tag: answer.etag.to_string(),
        })
    }

    /// What is kept, where AWS failed with `cause`.
    pub(crate) fn of_history(kept: CostsOfAccount, cause: Problem, now: Timestamp) -> Self {
        let CostsOfAccount { as_of, known, rows } = kept;
        Self {
            source: Source::History,
            as_of,
            age: age_of(as_of, now),
            cause: Some(cause),
            earlier: None,
            days: known.into_iter().flat_map(days).collect(),
            rows,
            tag: String::new(),
        }
    }

    /// The same with what is kept of the days that it does not know.
    pub(crate) fn with_earlier(mut self, kept: CostsOfAccount) -> Self {
        let CostsOfAccount { as_of, known, rows } = kept;
        self.rows.extend(rows.into_iter().filter(|row| !self.days.contains(&row.day)).collect::<Vec<_>>());
        self.days.extend(known.into_iter().flat_map(days));
        self.earlier = Some(Ok(as_of));
        self
    }

    /// The same where the history failed to tell of the days that it does not know.
    pub(crate) fn without_earlier(self, problem: Problem) -> Self {
        Self { earlier: Some(Err(problem)), ..self }
    }

    /// How old the oldest of it is.
    pub(crate) fn oldest(&self, now: Timestamp) -> Duration {
        let earlier = self.earlier.iter().flatten().map(|as_of| age_of(*as_of, now)).max();
        earlier.map_or(self.age, |earlier| earlier.max(self.age))
    }

    /// What names all that is known: the rows, and of when and why they are what they are, but for how old they are by now
    /// and which layer of the cache had them.
    pub(crate) fn state(&self) -> String {
        let Self { source, as_of, cause, earlier, tag, .. } = self;
        let by = if *source == Source::History { "history" } else { "cache" };
        let told = |problem: &Problem| format!("{} {}", problem.code().name(), problem.detail());
        let cause = cause.as_ref().map(told).unwrap_or_default();
        let earlier = earlier.as_ref().map(|earlier| earlier.as_ref().map_or_else(told, ToString::to_string));
        format!("{by} {as_of} {tag} {cause} {}", earlier.unwrap_or_default())
    }
}

/// How long ago that was.
pub(super) fn age_of(as_of: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(as_of)).unwrap_or_default()
}

/// The days that an answer tells of, and its rows.
///
/// # Errors
/// [`Code::Internal`] if it is not as the data type answers.
pub(crate) fn rows_of(answer: &[u8]) -> Result<(Period, Vec<CostRow>), Problem> {
    let wrong = |reason: &dyn std::fmt::Display| {
        Problem::new(Code::Internal, format!("The answer of costs is not as it should be: {reason}."))
    };
    let Told { from, to, costs } = serde_json::from_slice(answer).map_err(|error| wrong(&error))?;
    let row = |cost: ToldCost| {
        let ToldCost { day, service, currency, unblended, amortised, estimated } = cost;
        let [unblended, amortised] = [unblended, amortised].map(|text| amount_of_text(&text).ok_or(text));
        let [unblended, amortised] = [unblended.map_err(|text| wrong(&text))?, amortised.map_err(|text| wrong(&text))?];
        Ok(CostRow { day, service, currency, unblended, amortised, estimated })
    };
    Ok((Period { from, to }, costs.into_iter().map(row).collect::<Result<_, Problem>>()?))
}

fn amount_of_text(text: &str) -> Option<BigDecimal> {
    let amount = BigDecimal::from_str(text).ok()?;
    let (digits, scale) = amount.as_bigint_and_exponent();
    let is_money = scale.unsigned_abs() <= MOST_DIGITS && digits.bits() < 256;
    is_money.then_some(amount)
}
