use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Counts by powers of two of a microsecond.
#[derive(Debug, Default)]
pub(super) struct Latency {
    buckets: [AtomicU64; LATENCY_BUCKETS],
    total_micros: AtomicU64,
}

/// Up to 2^31 microseconds, 36 minutes.
const LATENCY_BUCKETS: usize = 32;

/// Latencies in microseconds; percentiles are upper bounds, up to a power of two.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LatencyReport {
    /// How many were timed.
    pub count: u64,
    /// Their sum.
    pub total: u64,
    /// Their mean.
    pub mean: u64,
    /// Half took at most so long.
    pub p50: u64,
    /// 99 of 100 took at most so long.
    pub p99: u64,
}

impl Latency {
    pub(super) fn record(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = (64 - micros.leading_zeros() as usize).min(LATENCY_BUCKETS - 1);
        self.buckets[bucket].fetch_add(1, Relaxed);
        self.total_micros.fetch_add(micros, Relaxed);
    }

    /// With so many besides that took no microsecond.
    pub(super) fn report(&self, at_once: u64) -> LatencyReport {
        let mut counts = self.buckets.each_ref().map(|count| count.load(Relaxed));
        counts[0] += at_once;
        let count: u64 = counts.iter().sum();
        let percentile = |share: u64| {
            let mut left = (count * share).div_ceil(100);
            let bucket = counts.iter().position(|here| {
                left = left.saturating_sub(*here);
                left == 0
            });
            if count == 0 { 0 } else { bucket.map_or(u64::MAX, |bucket| (1u64 << bucket) - 1) }
        };
        let total = self.total_micros.load(Relaxed);
        let mean = total.checked_div(count).unwrap_or(0);
        LatencyReport { count, total, mean, p50: percentile(50), p99: percentile(99) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_bound_what_was_recorded() {
        let latency = Latency::default();
        for micros in (1..=98).chain([5_000, 5_000]) {
            latency.record(Duration::from_micros(micros));
        }
        let report = latency.report(0);
        assert!((50..128).contains(&report.p50), "{report:?}");
        assert!((5_000..10_000).contains(&report.p99), "{report:?}");
        assert_eq!((report.total, report.mean), (98 * 99 / 2 + 10_000, (98 * 99 / 2 + 10_000) / 100));
        let report = latency.report(900);
        assert_eq!((report.count, report.p50, report.mean), (1_000, 0, (98 * 99 / 2 + 10_000) / 1_000));
    }
}
