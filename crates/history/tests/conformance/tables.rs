//! All that a history holds.

use futures::TryStreamExt;
use larder_history::{History, Kind};
use serde_json::{Map, Value};

use crate::samples::ACCOUNT;

/// Every row of every table.
pub(crate) async fn everything(history: &dyn History) -> Vec<Vec<Map<String, Value>>> {
    let mut tables = Vec::new();
    for table in ["cloud_accounts", "cost_data", "resource_versions", "resources", "sync_history"] {
        tables.push(history.export(table).try_collect().await.expect("it is told"));
    }
    tables
}

/// The ids of the account's instances.
pub(crate) async fn ids(history: &dyn History) -> Vec<String> {
    let kept = history.resources(ACCOUNT, Kind::Instance, None).await.expect("answers");
    kept.into_iter().flat_map(|kept| kept.resources).map(|resource| resource.id).collect()
}
