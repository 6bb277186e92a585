use std::path::PathBuf;
use std::sync::Arc;

use larder_app::configuration::{Configuration, DatabaseChoice, load};
use larder_app::wiring::{OpenedHistory, default_history_path, endpoint_overrides, history_of};
use larder_app::{History, HistoryError, SystemEnvironment};

use crate::arguments::DatabaseFlag;
use crate::default_store::for_endpoints;
use crate::exit::WrongUsage;
use crate::session::{Given, flags, log_little};

/// The history that is configured, else the file in the user's data folder, which is made if it isn't there.
pub(crate) async fn kept_history(configuration: &Configuration) -> OpenedHistory {
    let file = default_file().await.map_or(DatabaseChoice::Nowhere, DatabaseChoice::Sqlite);
    history_of(&configuration.history, file, Arc::new(SystemEnvironment::new()))
}

/// The same for who only looks: a file that nobody has written to yet is none.
pub(crate) async fn known_history(configuration: &Configuration) -> OpenedHistory {
    let file = default_file().await.filter(|file| file.exists());
    let file = file.map_or(DatabaseChoice::Nowhere, DatabaseChoice::Sqlite);
    history_of(&configuration.history, file, Arc::new(SystemEnvironment::new()))
}

/// The configuration with a command's own choice of the database.
pub(crate) fn read_with_database(given: &Given, database: &DatabaseFlag) -> anyhow::Result<Configuration> {
    Ok(load(given.file.clone(), &flags(&[("history.database", "--database", &database.database)]))?)
}

/// The configuration and the history, for a command about what is kept there already.
///
/// # Errors
/// For a configuration that is wrong, for a history that nobody has written to yet, and for a database that can't be used.
pub(crate) async fn open_history(
    given: &Given,
    database: &DatabaseFlag,
) -> anyhow::Result<(Configuration, Arc<dyn History>)> {
    let configuration = read_with_database(given, database)?;
    log_little(&configuration);
    let history = known_history(&configuration).await.opened().await?;
    Ok((configuration, history))
}

/// What a command fails with. Whoever runs it holds the database's password, so its own words are told.
pub(crate) fn failed(error: HistoryError) -> anyhow::Error {
    match error {
        HistoryError::Invalid(reason) => WrongUsage(reason).into(),
        error => error.into(),
    }
}

/// The SQLite file that the history is kept in, if it is one.
pub(crate) async fn history_file(configuration: &Configuration) -> Option<PathBuf> {
    match (&configuration.history.database, &configuration.history.secret) {
        (Some(DatabaseChoice::Sqlite(path)), _) => Some(path.clone()),
        (Some(_), _) | (None, Some(_)) => None,
        (None, None) => default_file().await,
    }
}

/// What an emulator told must never be taken for AWS's, so each set of endpoint overrides has a file of its own.
async fn default_file() -> Option<PathBuf> {
    Some(for_endpoints(default_history_path()?, &endpoint_overrides().await))
}
