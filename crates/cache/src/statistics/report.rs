use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::events::Events;
use super::latency::LatencyReport;
use super::requests::RequestsReport;

/// What `/cache/stats` tells of one process.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// By data type.
    pub data_types: BTreeMap<String, TypeReport>,
    /// What should be rare.
    pub events: Events,
}

/// One data type's counters.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TypeReport {
    /// By request, whichever layers took part.
    #[serde(default)]
    pub requests: RequestsReport,
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
#[derive(Clone, Debug, Deserialize, Serialize)]
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
