use std::path::{Path, PathBuf};
use std::sync::Arc;

use larder_app::SystemEnvironment;
use larder_app::configuration::{Configuration, StoreChoice};
use larder_app::runtime::RuntimeParts;
use larder_app::wiring::{NoRuntime, OpenedHistory, dynamodb_runtime, endpoint_overrides, sqlite_runtime};

use crate::default_store::default_store;
use crate::session::chosen_store;

/// Running minutes where the configuration says: in the DynamoDB tables that it names, else in a file beside the cache's,
/// else in memory.
///
/// # Errors
/// [`NoRuntime`], for what is not set, or a file that can't be used.
pub(crate) async fn open_running_minutes(
    configuration: &Configuration,
    aws: &aws_config::SdkConfig,
    history: &OpenedHistory,
) -> Result<RuntimeParts, NoRuntime> {
    let environment = Arc::new(SystemEnvironment::new());
    let tables = &configuration.runtime;
    if tables.table.is_some() || tables.servers_table.is_some() {
        return dynamodb_runtime(configuration, aws, environment, history);
    }
    let file = match chosen_store(configuration).await {
        Some(StoreChoice::Sqlite(path)) => Some(beside(&path)),
        Some(StoreChoice::Memory) | None => None,
        // A table of the cache is shared with others; what is worked out here is not.
        Some(StoreChoice::DynamoDb(_)) => match default_store(&endpoint_overrides().await) {
            Some(StoreChoice::Sqlite(path)) => Some(beside(&path)),
            _ => None,
        },
    };
    sqlite_runtime(configuration, file.as_deref(), aws, environment, history).await
}

/// `cache.sqlite` has `cache.runtime.sqlite` beside it.
fn beside(store: &Path) -> PathBuf {
    store.with_extension("runtime.sqlite")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_store_has_a_file_beside_it() {
        let beside = |path: &str| beside(Path::new(path)).display().to_string();
        assert_eq!(beside("/c/cache-0a1b2c3d.sqlite"), "/c/cache-0a1b2c3d.runtime.sqlite");
        assert_eq!(beside("kept"), "kept.runtime.sqlite");
    }
}
