//! What CloudWatch and Prometheus are told: one table of metrics. CloudWatch has their values as lines in its embedded
//! metric format, so that nothing calls a metric API while somebody waits; Prometheus comes and reads them.
//!
//! Invariant: a metric that is not in [`METRICS`] is never written, nor one with other dimensions than its row's.

mod table;

mod measured;
mod of_cache;
mod of_work;
mod since;

mod document;
mod metrics_log;

mod exposition;
mod tally;

pub use exposition::{EXPOSITION, exposition};
pub use measured::{Measured, Of};
pub use metrics_log::MetricsLog;
pub use of_cache::CacheSnapshot;
pub use table::{DimensionSet, METRICS, Metric, Statistic, Unit};
pub use tally::Tally;

#[cfg(test)]
mod tests;
