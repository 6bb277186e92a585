use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use larder_app::configuration::{Configuration, Flag, LogLevel, StoreChoice, load};
use larder_app::wiring::{
    OpenedStore, ambient_aws, default_sqlite_path, dynamodb_store, memory_store, no_store, sqlite_store,
};
use larder_app::{App, AwsFetcher, Environment, Fetcher, LogFormat, Parts, Refresh, SystemEnvironment, start_logging};

use crate::arguments::StoreFlag;

/// A command that ends with its answer can't refresh behind it.
const REFRESH_WITHIN: Duration = Duration::from_secs(2);

/// What was given before and beside the command.
pub(crate) struct Given {
    pub(crate) file: Option<PathBuf>,
    pub(crate) json: bool,
}

/// Reads the configuration for a command that runs once, and wires the app.
pub(crate) async fn open_once(given: &Given, store: &StoreFlag) -> anyhow::Result<App> {
    let mut configuration = load(given.file.clone(), &flags(&[("store", "--store", &store.store)]))?;
    configuration.cache.settings.refresh = Refresh::Within(REFRESH_WITHIN);
    // What happened is in the answer; a person who wants more says so.
    let level = if configuration.log_level == LogLevel::Info { LogLevel::Warn } else { configuration.log_level };
    start_logging(level, LogFormat::Text);
    Ok(open(&configuration, Arc::new(AwsFetcher::new(ambient_aws))).await)
}

/// The flags that were given.
pub(crate) fn flags(all: &[(&'static str, &'static str, &Option<String>)]) -> Vec<Flag> {
    let given = all.iter().filter_map(|(key, flag, value)| Some((*key, *flag, (*value).clone()?)));
    given.map(|(key, flag, value)| Flag { key, flag, value }).collect()
}

/// Opens the store and wires the app.
pub(crate) async fn open(configuration: &Configuration, fetcher: Arc<dyn Fetcher>) -> App {
    let environment: Arc<dyn Environment> = Arc::new(SystemEnvironment::new());
    let store = open_store(configuration, environment.clone()).await;
    App::new(Parts { configuration, environment, store, fetcher })
}

async fn open_store(configuration: &Configuration, environment: Arc<dyn Environment>) -> OpenedStore {
    if configuration.cache.disabled {
        return no_store("none".to_owned(), "caching is switched off by LARDER_CACHE_DISABLED".to_owned());
    }
    let of_table = configuration.table.clone().map(StoreChoice::DynamoDb);
    let choice = configuration.store.clone().or(of_table).or_else(|| default_sqlite_path().map(StoreChoice::Sqlite));
    match choice {
        Some(StoreChoice::Sqlite(path)) => sqlite_store(&path).await,
        Some(StoreChoice::DynamoDb(table)) => dynamodb_store(&table, &ambient_aws().await, environment),
        Some(StoreChoice::Memory) => memory_store(),
        None => no_store("sqlite".to_owned(), "this system names no cache folder; set LARDER_STORE".to_owned()),
    }
}
