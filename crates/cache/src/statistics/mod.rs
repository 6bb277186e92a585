mod events;
mod latency;
mod report;
mod requests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use crate::store::Units;
use events::EventCounters;
pub use events::Events;
use latency::Latency;
pub use latency::LatencyReport;
pub use report::{LayerReport, Report, TypeReport};
pub(crate) use requests::Ending;
use requests::Requests;
pub use requests::RequestsReport;

/// What a process counted since it began, by data type and layer.
#[derive(Default)]
pub(crate) struct Statistics {
    by_type: RwLock<BTreeMap<String, Arc<TypeStatistics>>>,
    pub(crate) events: EventCounters,
}

/// One data type's counters.
#[derive(Debug, Default)]
pub(crate) struct TypeStatistics {
    requests: Requests,
    memory: LayerCounters,
    store: LayerCounters,
    upstream: LayerCounters,
    units: Mutex<Units>,
}

/// Where a request was answered, or could not be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Layer {
    Memory,
    Store,
    Upstream,
}

/// What became of a request at a layer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    Hit,
    Miss,
    Stale,
    Error,
}

#[derive(Debug, Default)]
struct LayerCounters {
    hits: AtomicU64,
    /// Hits besides, of which no time was measured.
    at_once: AtomicU64,
    misses: AtomicU64,
    stale: AtomicU64,
    errors: AtomicU64,
    bytes: AtomicU64,
    latency: Latency,
}

impl Statistics {
    pub(crate) fn of(&self, data_type: &str) -> Arc<TypeStatistics> {
        if let Some(found) = self.by_type.read().unwrap_or_else(PoisonError::into_inner).get(data_type) {
            return found.clone();
        }
        let mut by_type = self.by_type.write().unwrap_or_else(PoisonError::into_inner);
        by_type.entry(data_type.to_owned()).or_default().clone()
    }

    pub(crate) fn report(&self) -> Report {
        let by_type = self.by_type.read().unwrap_or_else(PoisonError::into_inner);
        let data_types = by_type.iter().map(|(name, counters)| (name.clone(), counters.report())).collect();
        Report { data_types, events: self.events.report() }
    }
}

impl TypeStatistics {
    pub(crate) fn count(&self, layer: Layer, outcome: Outcome, bytes: usize, took: Duration) {
        let counters = match layer {
            Layer::Memory => &self.memory,
            Layer::Store => &self.store,
            Layer::Upstream => &self.upstream,
        };
        let count = match outcome {
            Outcome::Hit => &counters.hits,
            Outcome::Miss => &counters.misses,
            Outcome::Stale => &counters.stale,
            Outcome::Error => &counters.errors,
        };
        count.fetch_add(1, Relaxed);
        counters.bytes.fetch_add(bytes as u64, Relaxed);
        counters.latency.record(took);
    }

    /// Counts a request that has ended. One that [`Self::count_at_once`] counted has been counted by that.
    pub(crate) fn count_request(&self, ending: Ending, took: Duration) {
        self.requests.count(ending, took);
    }

    /// Counts a hit in memory that waited for nothing. It takes well under a microsecond, less than reading a clock twice:
    /// no time is measured, and none is counted.
    pub(crate) fn count_at_once(&self, bytes: usize) {
        self.memory.at_once.fetch_add(1, Relaxed);
        self.memory.bytes.fetch_add(bytes as u64, Relaxed);
    }

    pub(crate) fn add_units(&self, units: Units) {
        *self.units.lock().unwrap_or_else(PoisonError::into_inner) += units;
    }

    fn report(&self) -> TypeReport {
        let units = *self.units.lock().unwrap_or_else(PoisonError::into_inner);
        TypeReport {
            requests: self.requests.report(self.memory.at_once.load(Relaxed)),
            memory: self.memory.report(),
            store: self.store.report(),
            upstream: self.upstream.report(),
            read_units: units.read,
            write_units: units.write,
        }
    }
}

impl LayerCounters {
    fn report(&self) -> LayerReport {
        let at_once = self.at_once.load(Relaxed);
        LayerReport {
            hits: self.hits.load(Relaxed) + at_once,
            misses: self.misses.load(Relaxed),
            stale: self.stale.load(Relaxed),
            errors: self.errors.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            latency_micros: self.latency.report(at_once),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_stay_with_their_type_and_layer() {
        let statistics = Statistics::default();
        statistics.of("ec2-subnets").count(Layer::Memory, Outcome::Hit, 10, Duration::from_micros(3));
        statistics.of("ec2-subnets").count(Layer::Memory, Outcome::Hit, 10, Duration::from_micros(5));
        statistics.of("drs-quotas").count(Layer::Store, Outcome::Error, 0, Duration::from_millis(1));
        let report = statistics.report();
        let subnets = &report.data_types["ec2-subnets"];
        assert_eq!((subnets.memory.hits, subnets.memory.bytes, subnets.store.hits), (2, 20, 0));
        assert_eq!(report.data_types["drs-quotas"].store.errors, 1);
    }
}
