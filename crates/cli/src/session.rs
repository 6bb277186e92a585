use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use larder_app::configuration::{Configuration, Flag, LogLevel, StoreChoice, load};
use larder_app::problem::{Code, Problem};
use larder_app::wiring::{
    OpenedHistory, OpenedRuntime, OpenedStore, ambient_aws, ambient_fetcher, dynamodb_store, endpoint_overrides,
    memory_store, no_store, sqlite_store, switched_off,
};
use larder_app::{App, Environment, Fetcher, LogFormat, Others, Parts, Refresh, SystemEnvironment, start_logging_to};

use crate::arguments::StoreFlag;
use crate::database::known_history;
use crate::default_store::default_store;
use crate::exit::WrongUsage;
use crate::progress::BesideProgress;

/// A command that ends with its answer can't refresh behind it.
const REFRESH_WITHIN: Duration = Duration::from_secs(2);
/// How long a command that was told to stop sees to its leases.
const GIVE_BACK_WITHIN: Duration = Duration::from_secs(2);

/// What was given before and beside the command.
#[derive(Default)]
pub(crate) struct Given {
    pub(crate) file: Option<PathBuf>,
    pub(crate) json: bool,
    /// What the command asks, once it is wired: it may hold leases when the command is dropped.
    asking: OnceLock<App>,
}

impl Given {
    pub(crate) fn new(file: Option<PathBuf>, json: bool) -> Self {
        Self { file, json, asking: OnceLock::new() }
    }

    /// Notes what the command asks.
    pub(crate) fn asks(&self, app: &App) {
        let _ = self.asking.set(app.clone());
    }

    /// Cleans up behind a command that was dropped: others would wait for its leases until they run out. A store that
    /// is too slow for that keeps nobody.
    pub(crate) async fn give_back(&self) {
        if let Some(app) = self.asking.get() {
            let _ = tokio::time::timeout(GIVE_BACK_WITHIN, app.cache().give_back_leases()).await;
        }
    }
}

/// Reads the configuration for a command that runs once, and wires the app.
pub(crate) async fn open_once(given: &Given, store: &StoreFlag) -> anyhow::Result<App> {
    open_configured(given, read(given, store)?).await
}

/// The same for a command about what other processes have kept.
///
/// # Errors
/// [`WrongUsage`] too, for a store that no other process can have anything in, and [`Code::NotCached`] where there is
/// none: who only looks makes none.
pub(crate) async fn open_kept(given: &Given, store: &StoreFlag) -> anyhow::Result<App> {
    let configuration = read(given, store)?;
    check_outlives_a_process(&configuration)?;
    if !configuration.cache.disabled
        && let Some(StoreChoice::Sqlite(path)) = chosen_store(&configuration).await
    {
        check_is_there(&path)?;
    }
    open_configured(given, configuration).await
}

fn check_is_there(path: &Path) -> Result<(), Problem> {
    // What can't be looked at is for the store to say.
    if path.try_exists().unwrap_or(true) {
        return Ok(());
    }
    let detail =
        format!("There is no store at {}: nothing was kept there yet, or --store names another.", path.display());
    Err(Problem::new(Code::NotCached, detail))
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

async fn open_configured(given: &Given, mut configuration: Configuration) -> anyhow::Result<App> {
    configuration.cache.settings.refresh = Refresh::Within(REFRESH_WITHIN);
    log_little(&configuration);
    let app = open(&configuration).await;
    given.asks(&app);
    Ok(app)
}

/// What happened is in the answer; a person who wants more says so.
pub(crate) fn log_little(configuration: &Configuration) {
    let (level, others) = match configuration.log_level {
        Some(level) => (level, Others::Everyone),
        None => (LogLevel::Error, Others::AllButAws),
    };
    start_logging_to(level, others, LogFormat::Text, || BesideProgress);
}

/// The flags that were given.
pub(crate) fn flags(all: &[(&'static str, &'static str, &Option<String>)]) -> Vec<Flag> {
    let given = all.iter().filter_map(|(key, flag, value)| Some((*key, *flag, (*value).clone()?)));
    given.map(|(key, flag, value)| Flag { key, flag, value }).collect()
}

/// Opens the store and wires the app, for who asks for no running minutes.
pub(crate) async fn open(configuration: &Configuration) -> App {
    open_on(configuration, known_history(configuration).await).await
}

/// The same with a history.
pub(crate) async fn open_on(configuration: &Configuration, history: OpenedHistory) -> App {
    let fetcher = Arc::new(ambient_fetcher(configuration, &history));
    open_with(configuration, fetcher, OpenedRuntime::none("this command does not read them".to_owned()), history).await
}

/// Opens the store and wires the app, with running minutes and a history.
pub(crate) async fn open_with(
    configuration: &Configuration,
    fetcher: Arc<dyn Fetcher>,
    runtime: OpenedRuntime,
    history: OpenedHistory,
) -> App {
    let environment: Arc<dyn Environment> = Arc::new(SystemEnvironment::new());
    let store = open_store(configuration, environment.clone()).await;
    App::new(Parts { configuration, environment, store, fetcher, runtime, history })
}

async fn open_store(configuration: &Configuration, environment: Arc<dyn Environment>) -> OpenedStore {
    if configuration.cache.disabled {
        return switched_off();
    }
    match chosen_store(configuration).await {
        Some(StoreChoice::Sqlite(path)) => sqlite_store(&path).await,
        Some(StoreChoice::DynamoDb(table)) => dynamodb_store(&table, &ambient_aws().await, environment),
        Some(StoreChoice::Memory) => memory_store(),
        None => no_store("sqlite".to_owned(), "this system names no cache folder; set LARDER_STORE".to_owned()),
    }
}

/// The store that was named, or the default one, if the system has a place for it.
pub(crate) async fn chosen_store(configuration: &Configuration) -> Option<StoreChoice> {
    let of_table = configuration.table.clone().map(StoreChoice::DynamoDb);
    match configuration.store.clone().or(of_table) {
        Some(choice) => Some(choice),
        None => default_store(&endpoint_overrides().await),
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

    #[test]
    fn a_store_that_is_not_there_is_not_made_to_be_looked_at() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("typo.sqlite");
        let refused = check_is_there(&path).expect_err("nothing is there");
        assert!(refused.detail().contains("typo.sqlite") && refused.code() == Code::NotCached, "{refused}");
        assert!(check_is_there(folder.path()).is_ok(), "what is there is for the store to judge");
    }

    #[tokio::test]
    async fn a_switch_names_every_place_where_it_may_have_been_set() {
        let mut configuration = Configuration::default();
        configuration.cache.disabled = true;
        let app = open(&configuration).await;
        let reason = app.store().reason.clone().expect("no store");
        assert!(reason.contains("cache.disabled") && reason.contains("LARDER_CACHE_DISABLED"), "{reason}");
    }
}
