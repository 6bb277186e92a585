use std::path::Path;
use std::sync::Arc;

use secrecy::ExposeSecret;

use crate::{History, HistoryError, PostgresHistory, PostgresSettings, SqliteHistory};

/// Opens the history that the settings' URL names: `sqlite:PATH` (made where there is none), `sqlite::memory:`, or
/// `postgres://…`, to which the rest of the settings applies.
///
/// # Errors
/// [`HistoryError::Unusable`] for another URL, not telling it, as it may have a password; and those of
/// [`SqliteHistory::open`].
pub async fn open(settings: &PostgresSettings) -> Result<Arc<dyn History>, HistoryError> {
    let url = settings.url.expose_secret();
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Arc::new(PostgresHistory::new(settings)?));
    }
    match url.strip_prefix("sqlite:") {
        Some(":memory:") => Ok(Arc::new(SqliteHistory::in_memory().await?)),
        Some(path) if !path.is_empty() => Ok(Arc::new(SqliteHistory::open(Path::new(path)).await?)),
        _ => Err(HistoryError::Unusable("the database's URL is neither sqlite:PATH nor postgres://…".to_owned())),
    }
}
