use std::future::ready;
use std::path::PathBuf;
use std::sync::Arc;

use larder_cache::Environment;
use larder_history::{History, HistoryError, PostgresHistory, PostgresSettings, SqliteHistory};
use tokio::sync::OnceCell;

use super::OpenedHistory;
use super::database_secret::database_url;
use crate::configuration::{DatabaseChoice, DatabaseUrl, HistoryConfiguration};
use crate::wiring::ambient_aws;

/// The history that is configured, else that of the host's own default. Nothing is opened yet.
#[must_use]
pub fn history_of(
    configuration: &HistoryConfiguration,
    default: DatabaseChoice,
    environment: Arc<dyn Environment>,
) -> OpenedHistory {
    // A secret is there to be used: the default of a host is not meant where one is named.
    let choice = configuration.database.clone();
    if let (None, Some(arn)) = (&choice, &configuration.secret) {
        let (description, set) = (format!("the PostgreSQL of the secret {arn}"), configuration.clone());
        return OpenedHistory::when_asked(description, environment, move || of_secret(set.clone()));
    }
    match choice.unwrap_or(default) {
        DatabaseChoice::Nowhere => OpenedHistory::none("none is set up (history.database, LARDER_DATABASE)"),
        DatabaseChoice::Sqlite(path) => {
            let description = format!("sqlite:{}", path.display());
            OpenedHistory::when_asked(description, environment, move || sqlite(path.clone()))
        }
        DatabaseChoice::Postgres(url) => {
            let settings = settings(&url, configuration);
            match PostgresHistory::new(&settings) {
                Ok(history) => OpenedHistory::when_asked(history.description(), environment, move || {
                    ready(PostgresHistory::new(&settings).map(shared))
                }),
                Err(error) => OpenedHistory::none(format!("history.database (LARDER_DATABASE): {error}")),
            }
        }
    }
}

/// A history that is gone with the process.
#[must_use]
pub fn ephemeral_history(environment: Arc<dyn Environment>) -> OpenedHistory {
    // Opened anew, it is the same one.
    let made = Arc::new(OnceCell::new());
    OpenedHistory::when_asked("sqlite in memory".to_owned(), environment, move || {
        let made = made.clone();
        async move { made.get_or_try_init(async || SqliteHistory::in_memory().await.map(shared)).await.cloned() }
    })
}

/// Where `larder` keeps the history where nothing else is set: in the user's data folder, if the system has one.
#[must_use]
pub fn default_history_path() -> Option<PathBuf> {
    Some(dirs::data_dir()?.join("larder").join("history.sqlite"))
}

async fn sqlite(path: PathBuf) -> Result<Arc<dyn History>, HistoryError> {
    SqliteHistory::open(&path).await.map(shared)
}

async fn of_secret(set: HistoryConfiguration) -> Result<Arc<dyn History>, HistoryError> {
    let arn = set.secret.clone().unwrap_or_default();
    let url = database_url(&arn, &set.place, &ambient_aws().await).await?;
    PostgresHistory::new(&settings(&url, &set)).map(shared)
}

fn settings(url: &DatabaseUrl, set: &HistoryConfiguration) -> PostgresSettings {
    PostgresSettings {
        read_replica: set.read_replica.as_ref().map(|url| url.secret().clone()),
        pool: set.pool,
        statement_timeout: set.statement_timeout,
        ..PostgresSettings::new(url.secret().clone())
    }
}

fn shared(history: impl History + 'static) -> Arc<dyn History> {
    Arc::new(history)
}
