use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::Series;
use super::known::{KnownCosts, age_of};
use super::series::Shape;
use crate::accounts_seen::SeenAccount;
use crate::inventory::{Source, seconds_of};
use crate::problem::{Code, Problem};

/// What accounts cost, as series for a chart.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CostAnswer {
    /// The first day of what each amount is the sum of.
    pub labels: Vec<String>,
    /// What cost most comes first.
    pub data: Vec<Series>,
    /// Null where there are several, or none.
    pub currency: Option<String>,
    /// The sum of all that is known, exactly; null where there are several currencies, or nothing is known.
    pub total: Option<String>,
    /// `day` or `month`.
    #[schema(pattern = "^(day|month)$")]
    pub granularity: &'static str,
    /// `unblended` or `amortised`.
    #[schema(pattern = "^(unblended|amortised)$")]
    pub metric: &'static str,
    /// The first day.
    pub from: String,
    /// The day after the last.
    pub to: String,
    /// The labels of which not all is known.
    pub incomplete: Vec<String>,
    /// The accounts, by id.
    pub accounts: Vec<CostsOfOne>,
    /// Those of which nothing is known.
    pub failed_accounts: Vec<FailedAccount>,
    /// `cache`, `history` or `mixed`.
    #[schema(pattern = "^(cache|history|mixed)$")]
    pub source: &'static str,
    /// How old the oldest of it is, earlier days included.
    pub age_seconds: Option<u64>,
    #[serde(skip)]
    pub(super) etag: Option<String>,
}

/// Where an account's costs are from.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CostsOfOne {
    /// 12 digits.
    pub account_id: String,
    /// What people call it.
    pub name: Option<String>,
    /// Where they came from.
    #[schema(value_type = String, pattern = "^(memory|store|upstream|history)$")]
    source: Source,
    /// How long ago AWS was asked.
    pub age_seconds: u64,
    /// When AWS was asked.
    #[schema(format = DateTime)]
    pub as_of: String,
    /// Why they are not newer, if AWS failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub code: Option<&'static str>,
    /// The same for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub detail: Option<String>,
    /// Of the days before those that Cost Explorer is asked for, where they were asked for and the history has any or
    /// failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub earlier: Option<EarlierDays>,
}

/// What the history told of earlier days.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EarlierDays {
    /// How long ago AWS was last asked for them; null where the history failed, so that they are unknown.
    pub age_seconds: Option<u64>,
    /// When AWS was last asked for them; null likewise.
    #[schema(format = DateTime)]
    pub as_of: Option<String>,
    /// Why they are unknown, if the history failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub code: Option<&'static str>,
    /// The same for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub detail: Option<String>,
}

/// An account of which nothing is known.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailedAccount {
    /// 12 digits.
    pub account_id: String,
    /// What people call it.
    pub name: Option<String>,
    /// Why.
    pub code: &'static str,
    /// The same for people.
    pub detail: String,
}

impl CostAnswer {
    /// What names the state that is told, while nothing is missing.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// How old the oldest of it is.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.age_seconds.map(Duration::from_secs)
    }
}

impl CostsOfOne {
    pub(super) fn of(account: &SeenAccount, known: &KnownCosts, now: Timestamp) -> Self {
        Self {
            account_id: account.id.to_string(),
            name: account.name.clone(),
            source: known.source,
            age_seconds: known.age.as_secs(),
            as_of: seconds_of(known.as_of),
            code: known.cause.as_ref().map(|cause| cause.code().name()),
            detail: known.cause.as_ref().map(|cause| cause.detail().to_owned()),
            earlier: known.earlier.as_ref().map(|earlier| EarlierDays::of(earlier, now)),
        }
    }
}

impl EarlierDays {
    fn of(earlier: &Result<Timestamp, Problem>, now: Timestamp) -> Self {
        match earlier {
            Ok(as_of) => Self {
                age_seconds: Some(age_of(*as_of, now).as_secs()),
                as_of: Some(seconds_of(*as_of)),
                ..Self::default()
            },
            Err(problem) => {
                Self { code: Some(problem.code().name()), detail: Some(problem.detail().to_owned()), ..Self::default() }
            }
        }
    }
}

impl FailedAccount {
    pub(super) fn of(account: &SeenAccount, problem: &Problem) -> Self {
        let (code, detail) = (problem.code().name(), problem.detail().to_owned());
        Self { account_id: account.id.to_string(), name: account.name.clone(), code, detail }
    }
}

/// Where all of it is from, in a word: the earlier days of an account may be of the history where the others are not.
pub(super) fn source_of(known: &[(&SeenAccount, &KnownCosts)]) -> &'static str {
    let is_of_history = |known: &KnownCosts| known.source == Source::History;
    if !known.is_empty() && known.iter().all(|(_, known)| is_of_history(known)) {
        return "history";
    }
    let is_partly = |known: &KnownCosts| is_of_history(known) || matches!(known.earlier, Some(Ok(_)));
    if known.iter().any(|(_, known)| is_partly(known)) { "mixed" } else { "cache" }
}

/// What names the state of all of it, on the day of the answer.
pub(super) fn etag_of(known: &[(&SeenAccount, &KnownCosts)], shape: &Shape) -> String {
    let tags = Sha256::new().chain_update(format!("{:?} {}\n", shape.period, shape.tomorrow));
    let tags = known.iter().fold(tags, |tags, (account, known)| {
        tags.chain_update(format!("{} {:?} {}\n", account.id, account.name, known.state()))
    });
    hex::encode(&tags.finalize()[..16])
}

/// The problem of all accounts: their own if it is one, else that every one has failed.
pub(super) fn all_failed(failed: &[(SeenAccount, Problem)]) -> Problem {
    let mut codes: Vec<_> = failed.iter().map(|(_, problem)| problem.code()).collect();
    codes.dedup();
    let code = if let [one] = codes[..] { one } else { Code::EveryAccountFailed };
    let said: Vec<_> = failed.iter().map(|(account, it)| format!("{}: {}", account.id, it.detail())).collect();
    let accounts: Vec<_> = failed.iter().map(|(account, problem)| FailedAccount::of(account, problem)).collect();
    let problem = Problem::new(code, format!("No account could be answered. {}", said.join(" ")));
    let problem = problem.with("failedAccounts", serde_json::to_value(accounts).unwrap_or_default());
    match failed.iter().filter_map(|(_, problem)| problem.wait()).max() {
        Some(wait) => problem.retry_after(wait),
        None => problem,
    }
}
