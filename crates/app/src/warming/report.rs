use std::collections::BTreeMap;

use larder_cache::Key;
use serde::Serialize;

use super::due::Fate;
use crate::problem::{Code, Problem};

/// What a run came to: the body of the function's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WarmingReport {
    /// `Cache warming completed`, or why there was none.
    pub message: String,
    /// By data type, those that are kept warm.
    pub data_types: BTreeMap<&'static str, TypeReport>,
    /// Why the others are not.
    pub not_warmed: BTreeMap<&'static str, String>,
    /// What failed, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<NotRenewed>,
}

/// What a run came to for one data type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TypeReport {
    /// Entries that were fetched again before they expired, or soon after.
    pub refreshed: usize,
    /// Entries that others had fetched again meanwhile, and keys that are always kept warm and are fresh for long enough.
    pub already_fresh: usize,
    /// Entries that nobody waits for any more: an invalidation killed them, a request fetched them again meanwhile and none
    /// was served from that yet, or they expired past all use.
    pub dead: usize,
    /// What more fetches would have been needed for than the run may make.
    pub over_budget: usize,
    /// What the run had no time for. What it had no time to list counts as one.
    pub out_of_time: usize,
    /// What could not be listed, fetched or kept.
    pub failed: usize,
    /// What was not asked for any more since something else of its account, or the store, had failed.
    pub after_failure: usize,
    /// Used entries whose question can't be told from their key.
    pub not_rebuilt: usize,
    /// Entries of earlier runs that are at their end, and that a request was served from: it did not wait for AWS.
    pub saved: usize,
    /// Entries of earlier runs that are at their end, and that no request was served from.
    pub wasted: usize,
}

/// What could not be fetched ahead of requests, or kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotRenewed {
    /// The data type.
    pub data_type: &'static str,
    /// Whose it is; absent where it is nobody's, or the store failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The stable code.
    pub code: &'static str,
    /// For people.
    pub reason: String,
}

impl WarmingReport {
    pub(super) fn completed(not_warmed: BTreeMap<&'static str, String>) -> Self {
        Self { not_warmed, ..Self::nothing("Cache warming completed".to_owned()) }
    }

    pub(super) fn nothing(message: String) -> Self {
        Self { message, data_types: BTreeMap::new(), not_warmed: BTreeMap::new(), failed: Vec::new() }
    }

    /// All data types together.
    #[must_use]
    pub fn total(&self) -> TypeReport {
        self.data_types.values().fold(TypeReport::default(), |mut total, report| {
            total.add(report);
            total
        })
    }
}

impl TypeReport {
    pub(super) fn count(&mut self, fate: Option<Fate>) {
        match fate {
            Some(Fate::Saved) => self.saved += 1,
            Some(Fate::Wasted) => self.wasted += 1,
            None => {}
        }
    }

    fn add(&mut self, other: &Self) {
        self.refreshed += other.refreshed;
        self.already_fresh += other.already_fresh;
        self.dead += other.dead;
        self.over_budget += other.over_budget;
        self.out_of_time += other.out_of_time;
        self.failed += other.failed;
        self.after_failure += other.after_failure;
        self.not_rebuilt += other.not_rebuilt;
        self.saved += other.saved;
        self.wasted += other.wasted;
    }
}

impl NotRenewed {
    /// The listing of a data type that failed.
    pub(super) fn listing(data_type: &'static str, problem: &Problem) -> Self {
        let (code, reason) = (problem.code().name(), problem.detail().to_owned());
        Self { data_type, account_id: None, region: None, code, reason }
    }

    /// A key that failed.
    pub(super) fn key(data_type: &'static str, key: &Key, problem: &Problem) -> Self {
        let listing = Self::listing(data_type, problem);
        if problem.code() == Code::StoreUnavailable {
            return listing;
        }
        let account_id = match &key.scope().account {
            larder_cache::Account::Id(id) => Some(id.clone()),
            larder_cache::Account::Global => None,
        };
        Self { account_id, region: key.scope().region.clone(), ..listing }
    }
}
