use larder_runtime::{Answer, Second};
use serde::Serialize;

use crate::runtime::KeptAnswer;

/// What became of an event.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventReport {
    /// How many changes of state are in the ledger by it: 1, or 0 if it tells of none that concerns us.
    pub changed: usize,
    /// How many servers' minutes were worked out by it.
    pub updated: usize,
    /// The data types whose stored answers it made old, where it happened.
    pub invalidated: Vec<&'static str>,
    /// 1 if it changed nothing at all.
    pub ignored: usize,
    /// Why it was ignored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How long the server ran this month.
    #[serde(flatten)]
    pub answer: Option<Answer>,
    /// When that was worked out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Second>,
}

impl EventReport {
    /// Of an event that changed nothing.
    pub(super) fn ignored(reason: String) -> Self {
        Self { ignored: 1, reason: Some(reason), ..Self::default() }
    }

    /// Of a change of state that is in the ledger.
    pub(super) fn changed(kept: Option<KeptAnswer>) -> Self {
        let (answer, timestamp) = kept.map_or((None, None), |kept| (Some(kept.answer), kept.timestamp));
        Self { changed: 1, updated: usize::from(answer.is_some()), answer, timestamp, ..Self::default() }
    }
}
