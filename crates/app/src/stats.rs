use jiff::Timestamp;
use larder_cache::Report;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::App;

/// What one process counted.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// `process`: other containers count for themselves.
    pub scope: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// What the memory layer holds, in bytes.
    pub memory_bytes: u64,
    /// The second layer.
    pub store: StoreStats,
    /// By data type and layer, and what should be rare.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub report: Report,
}

/// The second layer.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StoreStats {
    /// `ok`, `absent` or `left alone`.
    pub health: String,
    /// Which store.
    pub description: String,
    /// Why it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl App {
    /// What this process counted since it began, and how its store is.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let (description, reason) = (self.store().description.clone(), self.store().reason.clone());
        Stats {
            scope: "process".to_owned(),
            since: self.since(),
            memory_bytes: self.cache().memory_bytes(),
            store: StoreStats { health: self.store_health().to_owned(), description, reason },
            report: self.cache().statistics(),
        }
    }
}
