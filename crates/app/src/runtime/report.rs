use std::collections::BTreeSet;

use serde::Serialize;

use super::{Failure, Place};
use crate::problem::Code;

/// What a run came to: the body of the function's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CalculationReport {
    /// `Monthly runtime calculation completed`.
    pub message: &'static str,
    /// The servers that have the app tag, and those that had it and are gone since.
    pub total_servers: usize,
    /// Those whose minutes were worked out.
    pub processed: usize,
    /// Those whose minutes could not be, and the places that could not be told of.
    pub errors: usize,
    /// Those that the deadline left for the next run.
    pub remaining: usize,
    /// What failed, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<Failed>,
    /// Where events are left to read, by account and region: the next run goes on there.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub unfinished: BTreeSet<String>,
}

/// Servers that failed for the same reason, or a place of which nothing else is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failed {
    /// Whose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// What kind of reason it is.
    #[serde(skip)]
    pub code: Code,
    /// For people.
    pub reason: String,
    /// Which servers; none where the place itself failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instance_ids: Vec<String>,
}

/// What the calculation of a place came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PlaceReport {
    pub(super) servers: BTreeSet<String>,
    pub(super) processed: usize,
    pub(super) remaining: usize,
    pub(super) has_events_left: bool,
    pub(super) failed: Vec<Failed>,
}

impl Failed {
    /// A reason that is nobody's in particular.
    pub(super) fn of_nobody(failure: Failure) -> Self {
        let Failure { code, words: reason } = failure;
        Self { account_id: None, region: None, code, reason, instance_ids: Vec::new() }
    }
}

impl PlaceReport {
    /// Servers that failed, or the place if none are named.
    pub(super) fn fail(&mut self, place: &Place, failure: impl Into<Failure>, instance_ids: Vec<String>) {
        let Failure { code, words: reason } = failure.into();
        let (account_id, region) = (Some(place.account.to_string()), Some(place.region.to_string()));
        match self.failed.iter_mut().find(|failed| failed.reason == reason) {
            Some(same) => same.instance_ids.extend(instance_ids),
            None => self.failed.push(Failed { account_id, region, code, reason, instance_ids }),
        }
    }
}

impl Default for CalculationReport {
    fn default() -> Self {
        Self {
            message: "Monthly runtime calculation completed",
            total_servers: 0,
            processed: 0,
            errors: 0,
            remaining: 0,
            failed: Vec::new(),
            unfinished: BTreeSet::new(),
        }
    }
}

impl CalculationReport {
    pub(super) fn add(&mut self, place: &Place, report: PlaceReport) {
        self.total_servers += report.servers.len();
        self.processed += report.processed;
        self.remaining += report.remaining;
        report.failed.into_iter().for_each(|failed| self.fail(failed));
        if report.has_events_left {
            self.unfinished.insert(place.to_string());
        }
    }

    pub(super) fn fail(&mut self, failed: Failed) {
        self.errors += failed.instance_ids.len().max(1);
        self.failed.push(failed);
    }
}
