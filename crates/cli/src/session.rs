use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use larder_app::configuration::{Configuration, Flag, LogLevel, StoreChoice, load};
use larder_app::wiring::{
    OpenedStore, ambient_aws, ambient_fetcher, dynamodb_store, endpoint_overrides, memory_store, no_store,
    sqlite_store, switched_off,
};
use larder_app::{App, Environment, Fetcher, LogFormat, Parts, Refresh, SystemEnvironment, start_logging_to};

use crate::arguments::StoreFlag;
use crate::default_store::default_store;
use crate::exit::WrongUsage;
use crate::progress::BesideProgress;

/// A command that ends with its answer can't refresh behind it.
const REFRESH_WITHIN: Duration = Duration::from_secs(2);

/// What was given before and beside the command.
pub(crate) struct Given {
    pub(crate) file: Option<PathBuf>,
    pub(crate) json: bool,
}

/// Reads the configuration for a command that runs once, and wires the app.
pub(crate) async fn open_once(given: &Given, store: &StoreFlag) -> anyhow::Result<App> {
    open_configured(read(given, store)?).await
}

/// The same for a command about what other processes have kept.
///
/// # Errors
/// [`WrongUsage`] too, for a store that no other process can have anything in.
pub(crate) async fn open_kept(given: &Given, store: &StoreFlag) -> anyhow::Result<App> {
    let configuration = read(given, store)?;
    check_outlives_a_process(&configuration)?;
    open_configured(configuration).await
}

pub(crate) fn check_outlives_a_process(configuration: &Configuration) -> Result<(), WrongUsage> {
    if configuration.cache.disabled || configuration.store != Some(StoreChoice::Memory) {
        return Ok(());
    }
    let reason = "the store is memory, and that of another process can't be reached: name a store that outlives a \
                  process with --store, LARDER_STORE or store in larder.toml; larder cache status and larder cache clear ask a \
                  running server with --url";
    Err(WrongUsage(reason.to_owned()))
}

/// The configuration with a command's own choice of the store.
pub(crate) fn read(given: &Given, store: &StoreFlag) -> anyhow::Result<Configuration> {
    Ok(load(given.file.clone(), &flags(&[("store", "--store", &store.store)]))?)
}

async fn open_configured(mut configuration: Configuration) -> anyhow::Result<App> {
    configuration.cache.settings.refresh = Refresh::Within(REFRESH_WITHIN);
    log_little(&configuration);
    Ok(open(&configuration, Arc::new(ambient_fetcher(&configuration))).await)
}

/// What happened is in the answer; a person who wants more says so.
pub(crate) fn log_little(configuration: &Configuration) {
    let level = if configuration.log_level == LogLevel::Info { LogLevel::Warn } else { configuration.log_level };
    start_logging_to(level, LogFormat::Text, || BesideProgress);
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
        return switched_off();
    }
    let of_table = configuration.table.clone().map(StoreChoice::DynamoDb);
    let choice = match configuration.store.clone().or(of_table) {
        Some(choice) => Some(choice),
        None => default_store(&endpoint_overrides().await),
    };
    match choice {
        Some(StoreChoice::Sqlite(path)) => sqlite_store(&path).await,
        Some(StoreChoice::DynamoDb(table)) => dynamodb_store(&table, &ambient_aws().await, environment),
        Some(StoreChoice::Memory) => memory_store(),
        None => no_store("sqlite".to_owned(), "this system names no cache folder; set LARDER_STORE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_in_no_other_process_can_not_be_seen_or_cleared() {
        let check = |store| check_outlives_a_process(&Configuration { store, ..Configuration::default() });
        assert!(check(Some(StoreChoice::Memory)).is_err());
        assert!(check(Some(StoreChoice::Sqlite("cache.sqlite".into()))).is_ok() && check(None).is_ok());
    }

    #[tokio::test]
    async fn a_switch_names_every_place_where_it_may_have_been_set() {
        let mut configuration = Configuration::default();
        configuration.cache.disabled = true;
        let app = open(&configuration, Arc::new(ambient_fetcher(&configuration))).await;
        let reason = app.store().reason.clone().expect("no store");
        assert!(reason.contains("cache.disabled") && reason.contains("LARDER_CACHE_DISABLED"), "{reason}");
    }
}
