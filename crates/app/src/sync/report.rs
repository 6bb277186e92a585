use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::name_of;
use super::one::Synced;
use super::targets::{Target, Untried};
use crate::problem::{Code, Problem};

/// What became of a sync.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SyncReport {
    /// Whether nothing failed.
    pub success: bool,
    /// The same in a sentence.
    pub message: String,
    /// How many resources and rows of costs were told.
    pub synced: u64,
    /// What could not be had, and why. What was kept of it before stands.
    pub failed_regions: Vec<FailedTarget>,
    /// What was had, and what the history made of it.
    pub outcomes: Vec<Outcome>,
}

/// What was had of one account, region and kind.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// 12 digits.
    pub account_id: String,
    /// Null for costs.
    pub region: Option<String>,
    /// `instances`, `snapshots`, `amis` or `costs`.
    pub kind: &'static str,
    /// How many were told.
    pub seen: u64,
    /// How many were not kept before; null where there is no history.
    pub added: Option<u64>,
    /// How many are different now; null where there is no history.
    pub changed: Option<u64>,
    /// How many are no more; null where there is no history.
    pub gone: Option<u64>,
    /// Whether a newer sync was there before, so that nothing of this one was kept.
    pub superseded: bool,
}

/// What could not be had of one account, region and kind.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FailedTarget {
    /// 12 digits.
    pub account_id: String,
    /// Null for costs, and where the account's regions could not be told.
    pub region: Option<String>,
    /// `instances`, `snapshots`, `amis` or `costs`.
    pub kind: &'static str,
    /// Why.
    pub code: &'static str,
    /// The same for people.
    pub detail: String,
    #[serde(skip)]
    pub(super) problem: Problem,
}

impl Outcome {
    pub(super) fn of(target: &Target, synced: &Synced) -> Self {
        Self {
            account_id: target.account.to_string(),
            region: target.region.map(|region| region.to_string()),
            kind: name_of(target.what),
            seen: synced.seen,
            added: synced.kept.map(|kept| kept.added),
            changed: synced.kept.map(|kept| kept.changed),
            gone: synced.kept.map(|kept| kept.gone),
            superseded: synced.kept.is_some_and(|kept| kept.superseded),
        }
    }
}

impl FailedTarget {
    /// The same with its code.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    pub(super) fn of(target: &Target, problem: Problem) -> Self {
        let (account, what) = (target.account.clone(), target.what);
        let region = target.region.map(|region| region.to_string());
        Untried { account, what, region, problem }.into()
    }
}

impl From<Untried> for FailedTarget {
    fn from(Untried { account, what, region, problem }: Untried) -> Self {
        let (code, detail) = (problem.code().name(), problem.detail().to_owned());
        Self { account_id: account.to_string(), region, kind: name_of(what), code, detail, problem }
    }
}

impl SyncReport {
    /// The report of what was had and what was not. `remark` is another sentence, if there is something to be said.
    pub(super) fn of(outcomes: Vec<Outcome>, failed: Vec<FailedTarget>, remark: Option<&str>) -> Self {
        let (done, not_done) = (outcomes.len(), failed.len());
        let of = if done == 1 { "target" } else { "targets" };
        let mut message = match not_done {
            0 => format!("{done} {of} of accounts, regions and kinds were synced."),
            _ => format!("{done} {of} of accounts, regions and kinds were synced, and {not_done} could not be."),
        };
        if let Some(remark) = remark {
            message = format!("{message} {remark}");
        }
        let synced = outcomes.iter().map(|outcome| outcome.seen).sum();
        Self { success: failed.is_empty(), message, synced, failed_regions: failed, outcomes }
    }

    /// The same, unless nothing at all was had.
    ///
    /// # Errors
    /// The problem of all where it is the same, else [`Code::NothingSynced`].
    pub fn unless_all_failed(self) -> Result<Self, Problem> {
        if !self.outcomes.is_empty() || self.failed_regions.is_empty() {
            return Ok(self);
        }
        let mut codes: Vec<_> = self.failed_regions.iter().map(|failed| failed.problem.code()).collect();
        codes.dedup();
        let code = if let [one] = codes[..] { one } else { Code::NothingSynced };
        let said = self.failed_regions.iter().map(|failed| {
            let region = failed.region.as_deref().unwrap_or("all regions");
            format!("{} {region}: {}", failed.kind, failed.detail)
        });
        let detail = format!("Nothing could be synced. {}", said.collect::<Vec<_>>().join(" "));
        let failed = serde_json::to_value(&self.failed_regions).unwrap_or(Value::Null);
        let problem = Problem::new(code, detail).with("failedRegions", failed);
        Err(match self.failed_regions.iter().filter_map(|failed| failed.problem.wait()).max() {
            Some(wait) => problem.retry_after(wait),
            None => problem,
        })
    }
}
