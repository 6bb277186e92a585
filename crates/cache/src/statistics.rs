use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use serde::Serialize;

use crate::store::Units;

/// What a process counted since it began, by data type and layer.
#[derive(Default)]
pub(crate) struct Statistics {
    by_type: RwLock<BTreeMap<String, Arc<TypeStatistics>>>,
    pub(crate) events: EventCounters,
}

/// One data type's counters.
#[derive(Debug, Default)]
pub(crate) struct TypeStatistics {
    layers: [LayerCounters; 3],
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
    outcomes: [AtomicU64; 4],
    bytes: AtomicU64,
    latency: Latency,
}

/// Counts by powers of two of a microsecond.
#[derive(Debug, Default)]
struct Latency {
    buckets: [AtomicU64; LATENCY_BUCKETS],
    total_micros: AtomicU64,
}

/// Up to 2^31 microseconds, 36 minutes.
const LATENCY_BUCKETS: usize = 32;

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        #[derive(Default)]
        pub(crate) struct EventCounters { $(pub(crate) $name: AtomicU64),* }

        /// How often what should be rare happened, since the process began.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct Events { $($(#[$doc])* pub $name: u64),* }

        impl EventCounters {
            fn report(&self) -> Events {
                Events { $($name: self.$name.load(Relaxed)),* }
            }
        }
    };
}

counters! {
    /// Items that were no entry of this format: poisoned, malformed or older.
    malformed,
    /// Entries that said to be another key's: an alarm.
    foreign,
    /// Entries whose value did not have the digest that they said.
    corrupt,
    /// Chunked entries of which a chunk was missing.
    chunk_missing,
    /// Values larger than what is kept.
    too_large,
    /// Entries found fenced out.
    dead,
    /// Epoch items made because there was none.
    epoch_created,
    /// Times that marks were folded into the floor.
    folded,
    /// Fetches without a look at the epoch.
    bypassed,
    /// Requests turned away because too many such fetches were running.
    overloaded,
    /// Requests that joined another's fetch.
    collapsed,
    /// Leases taken over from a holder that stopped renewing.
    lease_taken_over,
    /// Writes that lost to an entry with a newer fence.
    superseded,
    /// Entries that could not be written to the store.
    write_failed,
}

/// What `/cache/stats` tells of one process.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// By data type.
    pub data_types: BTreeMap<String, TypeReport>,
    /// What should be rare.
    pub events: Events,
}

/// One data type's counters.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TypeReport {
    /// The first layer.
    pub memory: LayerReport,
    /// The second layer.
    pub store: LayerReport,
    /// AWS: a hit is a fetch that gave a value.
    pub upstream: LayerReport,
    /// DynamoDB read capacity units, as the service reports them.
    pub read_units: f64,
    /// DynamoDB write capacity units, as the service reports them.
    pub write_units: f64,
}

/// One layer's counters.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LayerReport {
    /// Requests that it answered.
    pub hits: u64,
    /// Requests that it had nothing usable for.
    pub misses: u64,
    /// Requests that it answered past the TTL.
    pub stale: u64,
    /// Requests that it failed.
    pub errors: u64,
    /// Bytes of the values that it gave.
    pub bytes: u64,
    /// How long it took, in microseconds.
    pub latency_micros: LatencyReport,
}

/// Latencies in microseconds; percentiles are upper bounds, up to a power of two.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LatencyReport {
    /// How many were timed.
    pub count: u64,
    /// Their mean.
    pub mean: u64,
    /// Half took at most so long.
    pub p50: u64,
    /// 99 of 100 took at most so long.
    pub p99: u64,
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
        let counters = &self.layers[layer as usize];
        counters.outcomes[outcome as usize].fetch_add(1, Relaxed);
        counters.bytes.fetch_add(bytes as u64, Relaxed);
        counters.latency.record(took);
    }

    pub(crate) fn add_units(&self, units: Units) {
        *self.units.lock().unwrap_or_else(PoisonError::into_inner) += units;
    }

    fn report(&self) -> TypeReport {
        let [memory, store, upstream] = self.layers.each_ref().map(LayerCounters::report);
        let units = *self.units.lock().unwrap_or_else(PoisonError::into_inner);
        TypeReport { memory, store, upstream, read_units: units.read, write_units: units.write }
    }
}

impl LayerCounters {
    fn report(&self) -> LayerReport {
        let [hits, misses, stale, errors] = self.outcomes.each_ref().map(|count| count.load(Relaxed));
        let bytes = self.bytes.load(Relaxed);
        LayerReport { hits, misses, stale, errors, bytes, latency_micros: self.latency.report() }
    }
}

impl Latency {
    fn record(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = (64 - micros.leading_zeros() as usize).min(LATENCY_BUCKETS - 1);
        self.buckets[bucket].fetch_add(1, Relaxed);
        self.total_micros.fetch_add(micros, Relaxed);
    }

    fn report(&self) -> LatencyReport {
        let counts = self.buckets.each_ref().map(|count| count.load(Relaxed));
        let count: u64 = counts.iter().sum();
        let percentile = |share: u64| {
            let mut left = (count * share).div_ceil(100);
            let bucket = counts.iter().position(|here| {
                left = left.saturating_sub(*here);
                left == 0
            });
            if count == 0 { 0 } else { bucket.map_or(u64::MAX, |bucket| (1u64 << bucket) - 1) }
        };
        let mean = self.total_micros.load(Relaxed).checked_div(count).unwrap_or(0);
        LatencyReport { count, mean, p50: percentile(50), p99: percentile(99) }
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

    #[test]
    fn percentiles_bound_what_was_recorded() {
        let latency = Latency::default();
        for micros in (1..=98).chain([5_000, 5_000]) {
            latency.record(Duration::from_micros(micros));
        }
        let report = latency.report();
        assert!((50..128).contains(&report.p50), "{report:?}");
        assert!((5_000..10_000).contains(&report.p99), "{report:?}");
        assert_eq!(report.mean, (98 * 99 / 2 + 10_000) / 100);
    }
}
