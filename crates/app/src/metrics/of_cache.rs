use larder_cache::{Cache, LatencyReport, LayerReport, Report, RequestsReport, StoreHealth, TypeReport};

use super::measured::{Measured, Of, Repeated};
use super::since::since;
use super::table::{
    BREAKER_OPEN, CACHE_BYTES, CACHE_ENTRIES, CACHE_ERRORS, CACHE_HIT, CACHE_LATENCY, CACHE_MISSES, CACHE_SIZE,
    CACHE_STALE, FAILED_WRITES, FOREIGN_ENTRY, READ_UNITS, UPSTREAM_CALLS, UPSTREAM_ERRORS, UPSTREAM_TIME, WRITE_UNITS,
};

/// What a cache had counted by some moment, and how it was then.
#[derive(Clone, Debug)]
pub struct CacheSnapshot {
    counted: Report,
    memory_bytes: u64,
    memory_entries: usize,
    store: StoreHealth,
}

impl CacheSnapshot {
    /// Of now.
    #[must_use]
    pub fn of(cache: &Cache) -> Self {
        Self {
            counted: cache.statistics(),
            memory_bytes: cache.memory_bytes(),
            memory_entries: cache.memory_entries(),
            store: cache.store_health(),
        }
    }

    /// What was counted since another, and how the cache is.
    #[must_use]
    pub fn since(&self, before: &Self) -> Vec<Measured> {
        self.since_report(&before.counted)
    }

    /// What was counted since the process began, and how the cache is.
    #[must_use]
    pub fn since_beginning(&self) -> Vec<Measured> {
        self.since_report(&Report::default())
    }

    fn since_report(&self, before: &Report) -> Vec<Measured> {
        let events = |of: fn(&larder_cache::Events) -> u64| of(&self.counted.events) - of(&before.events);
        let is_open = matches!(self.store, StoreHealth::LeftAlone | StoreHealth::Probing);
        let all = Measured::of(Of::All)
            .with(&CACHE_SIZE, self.memory_bytes as f64)
            .with(&CACHE_ENTRIES, self.memory_entries as f64)
            .with(&BREAKER_OPEN, f64::from(u8::from(is_open)))
            .counting(&FOREIGN_ENTRY, events(|events| events.foreign))
            .counting(&FAILED_WRITES, events(|events| events.write_failed));
        let by_type = self.counted.data_types.iter().flat_map(|(name, now)| match before.data_types.get(name) {
            Some(before) => of_type(name, &self.without_misses_of_nothing(since(now, before))),
            None => of_type(name, &self.without_misses_of_nothing(now.clone())),
        });
        std::iter::once(all).chain(by_type).collect()
    }

    /// Where caching is switched off nothing can be hit: that is no bad hit rate.
    fn without_misses_of_nothing(&self, counted: TypeReport) -> TypeReport {
        if self.store != StoreHealth::Absent {
            return counted;
        }
        let requests = RequestsReport { memory: 0, store: 0, missed: 0, ..counted.requests };
        TypeReport { requests, ..counted }
    }
}

fn of_type(name: &str, counted: &TypeReport) -> Vec<Measured> {
    let TypeReport { requests, memory, store, upstream, read_units, write_units } = counted;
    let (hits, missed) = (requests.memory + requests.store, requests.missed);
    let units = |value: f64| [Repeated { value, times: u64::from(value > 0.0) }];
    let bytes = memory.bytes + store.bytes + upstream.bytes;
    let whole = Measured::of(Of::DataType(name.to_owned()))
        .with_shares(&CACHE_HIT, hits, missed)
        .with_repeated(&CACHE_LATENCY, &latencies(&requests.latency_micros))
        .counting(&CACHE_MISSES, missed)
        .counting(&CACHE_STALE, memory.stale + store.stale)
        .counting(&CACHE_ERRORS, store.errors)
        .counting(&CACHE_BYTES, bytes)
        .counting(&UPSTREAM_CALLS, upstream.hits + upstream.errors)
        .counting(&UPSTREAM_ERRORS, upstream.errors)
        .with_repeated(&UPSTREAM_TIME, &latencies(&upstream.latency_micros))
        .with_repeated(&READ_UNITS, &units(*read_units))
        .with_repeated(&WRITE_UNITS, &units(*write_units));
    let layer = |layer: &'static str, counted: &LayerReport| {
        Measured::of(Of::Layer(name.to_owned(), layer))
            .with_repeated(&CACHE_LATENCY, &latencies(&counted.latency_micros))
            .counting(&CACHE_STALE, counted.stale)
            .counting(&CACHE_BYTES, counted.bytes)
    };
    let memory = layer("memory", memory)
        .with_shares(&CACHE_HIT, requests.memory, requests.store + missed)
        .counting(&CACHE_MISSES, memory.misses);
    let store = layer("store", store)
        .with_shares(&CACHE_HIT, requests.store, missed)
        .counting(&CACHE_MISSES, store.misses)
        .counting(&CACHE_ERRORS, store.errors);
    vec![whole, memory, store, layer("upstream", upstream)]
}

/// As many as there were, in milliseconds. Of several only the sum is known: each is told as their mean.
fn latencies(report: &LatencyReport) -> [Repeated; 1] {
    let mean = report.total as f64 / report.count.max(1) as f64 / 1_000.0;
    [Repeated { value: mean, times: report.count }]
}
