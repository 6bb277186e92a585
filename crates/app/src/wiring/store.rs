use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_config::SdkConfig;
use larder_cache::Environment;
use larder_cache::store::{DynamoDbStore, InProcessStore, SqliteStore, Store};

/// A store, or why there is none. Larder answers without one too.
pub struct OpenedStore {
    /// The store, or why it could not be opened or is switched off.
    pub store: Result<Arc<dyn Store>, String>,
    /// The store for people: `dynamodb:larder-query-cache-dev`.
    pub description: String,
}

/// The store in a DynamoDB table. Nothing is asked yet; a table that can't be reached is found out by the first
/// question, and left alone by the breaker.
#[must_use]
pub fn dynamodb_store(table: &str, aws: &SdkConfig, environment: Arc<dyn Environment>) -> OpenedStore {
    let description = format!("dynamodb:{table}");
    if aws.region().is_none() {
        return no_store(description, "no AWS region is configured for DynamoDB: set AWS_REGION".to_owned());
    }
    let store = DynamoDbStore::new(DynamoDbStore::client(aws), table, environment);
    opened(description, Arc::new(store))
}

/// The store in a SQLite file, made with its folder if it isn't there.
pub async fn sqlite_store(path: &Path) -> OpenedStore {
    let description = format!("sqlite:{}", path.display());
    match SqliteStore::open(path).await {
        Ok(store) => opened(description, Arc::new(store)),
        Err(error) => no_store(description, error.to_string()),
    }
}

/// The store in this process's memory.
#[must_use]
pub fn memory_store() -> OpenedStore {
    opened("memory".to_owned(), Arc::new(InProcessStore::new()))
}

/// No store, and why.
#[must_use]
pub fn no_store(description: String, reason: String) -> OpenedStore {
    OpenedStore { store: Err(reason), description }
}

/// No store, since the configuration says so.
#[must_use]
pub fn switched_off() -> OpenedStore {
    no_store("none".to_owned(), "caching is switched off (cache.disabled, LARDER_CACHE_DISABLED)".to_owned())
}

/// Where `larder` keeps entries where nothing else is set: in the user's cache folder, if the system has one.
#[must_use]
pub fn default_sqlite_path() -> Option<PathBuf> {
    Some(dirs::cache_dir()?.join("larder").join("cache.sqlite"))
}

fn opened(description: String, store: Arc<dyn Store>) -> OpenedStore {
    OpenedStore { store: Ok(store), description }
}
