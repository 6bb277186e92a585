use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::latency::{Latency, LatencyReport};

/// Where requests were answered from. Each counts once, however often the layers were asked for it.
#[derive(Debug, Default)]
pub(super) struct Requests {
    memory: AtomicU64,
    store: AtomicU64,
    missed: AtomicU64,
    latency: Latency,
}

/// What became of a request as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ending {
    /// Answered from memory.
    Memory,
    /// Answered from the store.
    Store,
    /// Neither: it went upstream, or got nothing.
    Missed,
}

/// Requests as their callers saw them: a hit where RFC 9211's `Cache-Status` says one, each counted once.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RequestsReport {
    /// Answered from memory.
    pub memory: u64,
    /// Answered from the store.
    pub store: u64,
    /// Not answered by the cache: they went upstream, shared another's fetch, or got nothing.
    pub missed: u64,
    /// How long they took, in microseconds.
    pub latency_micros: LatencyReport,
}

impl Requests {
    pub(super) fn count(&self, ending: Ending, took: Duration) {
        let count = match ending {
            Ending::Memory => &self.memory,
            Ending::Store => &self.store,
            Ending::Missed => &self.missed,
        };
        count.fetch_add(1, Relaxed);
        self.latency.record(took);
    }

    /// With so many besides that memory answered at once.
    pub(super) fn report(&self, at_once: u64) -> RequestsReport {
        RequestsReport {
            memory: self.memory.load(Relaxed) + at_once,
            store: self.store.load(Relaxed),
            missed: self.missed.load(Relaxed),
            latency_micros: self.latency.report(at_once),
        }
    }
}
