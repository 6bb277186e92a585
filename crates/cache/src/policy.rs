use std::time::Duration;

/// How long entries of a data type are good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long an entry is fresh. Jitter only ever shortens it.
    pub ttl: Duration,
    /// How long past its TTL an entry is served while a fetch refreshes it (RFC 5861).
    pub stale_while_revalidate: Duration,
    /// How long past its TTL an entry is served when upstream fails (RFC 5861).
    pub stale_if_error: Duration,
    /// Whether a key is fetched once per fleet, by lease, or once per process.
    pub fetch_once_per: FetchOncePer,
}

/// Who shares one fetch of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchOncePer {
    /// Every container on the same store, by a lease in it.
    Fleet,
    /// The requests of one process.
    Process,
}

/// What a request asks of the cache, beside its key: RFC 9111's request directives and its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directives {
    /// `no-cache` is zero, `max-age=N` is N seconds: the oldest answer that will do.
    pub max_age: Option<Duration>,
    /// `only-if-cached`: no fetch.
    pub only_if_cached: bool,
    /// How long the request may take.
    pub deadline: Duration,
}

impl Default for Directives {
    fn default() -> Self {
        Self { max_age: None, only_if_cached: false, deadline: Duration::from_secs(25) }
    }
}

/// How a cache behaves, whatever the data type.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// What the memory layer may hold.
    pub memory_bytes: u64,
    /// How long a container may trust its last look at the epoch; zero is strict.
    pub coherence_window: Duration,
    /// The largest share by which a TTL is shortened at random, from 0 to 1, so that entries filled together don't
    /// expire together.
    pub ttl_jitter: f64,
    /// How long a failed fetch is remembered; zero is not at all.
    pub negative_ttl: Duration,
    /// How often a request's `Cache-Control` may force the fetch of a key that is fresh.
    pub forced_fetch_interval: Duration,
    /// What a stale answer waits for under stale-while-revalidate.
    pub refresh: Refresh,
    /// The largest value that is kept, in bytes before compression; a larger one is served and not kept.
    pub largest_value: usize,
    /// How long one store operation may take.
    pub store_timeout: Duration,
    /// When the store is left alone.
    pub breaker: BreakerSettings,
    /// How many fetches may run at once while the store gives no look at the epoch.
    pub bypass_concurrency: usize,
    /// How long a fetch may wait for a place among them.
    pub bypass_wait: Duration,
    /// How leases are held.
    pub lease: LeaseSettings,
    /// How long a purge may take, the invalidation before it not counted.
    pub purge_limit: Duration,
    /// How many marks the epoch item may hold before the lowest are folded into the floor.
    pub most_marks: usize,
}

/// What a stale answer waits for under stale-while-revalidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// Nothing: a task of its own refreshes the entry. For a process that goes on after its answer.
    InBackground,
    /// The refresh, at most so long; then it is dropped. For Lambda, where nothing may rely on work after the answer.
    Within(Duration),
}

/// When a failing store is left alone, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerSettings {
    /// Failures in a row, timeouts included, that open the breaker.
    pub failures: u32,
    /// How long it stays open before one probe is let through.
    pub open_for: Duration,
}

/// How leases are held and waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseSettings {
    /// How long a lease stands without renewal. Measured by whoever waits, on its own clock, since it saw the lease.
    pub duration: Duration,
    /// How often a holder renews it while its fetch runs.
    pub renewal: Duration,
    /// The mean pause between two looks of whoever waits.
    pub poll: Duration,
}

impl Settings {
    /// The same, with a jitter that is a share.
    pub(crate) fn within_bounds(self) -> Self {
        let ttl_jitter = if self.ttl_jitter.is_nan() { 0.0 } else { self.ttl_jitter.clamp(0.0, 1.0) };
        Self { ttl_jitter, ..self }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            memory_bytes: 64 << 20,
            coherence_window: Duration::from_secs(2),
            ttl_jitter: 0.1,
            negative_ttl: Duration::from_secs(2),
            forced_fetch_interval: Duration::from_secs(10),
            refresh: Refresh::InBackground,
            largest_value: 64 << 20,
            store_timeout: Duration::from_secs(3),
            breaker: BreakerSettings { failures: 5, open_for: Duration::from_secs(60) },
            bypass_concurrency: 16,
            bypass_wait: Duration::from_secs(2),
            lease: LeaseSettings {
                duration: Duration::from_secs(6),
                renewal: Duration::from_secs(2),
                poll: Duration::from_millis(100),
            },
            purge_limit: Duration::from_secs(20),
            most_marks: 256,
        }
    }
}
