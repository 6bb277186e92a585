//! The history of many: a PostgreSQL database.

mod connect;
mod engine;
mod migrate;
mod replica;
mod settings;

use sqlx::PgPool;
use tokio::sync::OnceCell;

use crate::HistoryError;
use replica::Replica;

pub use settings::PostgresSettings;

/// The history in a PostgreSQL database, version 14 or later.
///
/// Nothing is connected before something is asked for. Syncs of different places go on side by side.
#[derive(Debug)]
pub struct PostgresHistory {
    described: String,
    primary: PgPool,
    /// For upkeep: its statements may take as long as they need.
    patient: PgPool,
    replica: Option<Replica>,
    /// Whether the schema is known to be up to date.
    migrated: OnceCell<()>,
}

impl PostgresHistory {
    /// One on the database that the settings name. It is brought up to date when it is first written to or read.
    ///
    /// Call it in a Tokio runtime: the pools' connections belong to it.
    ///
    /// # Errors
    /// [`HistoryError::Unusable`] for an URL that can't be understood; the error does not tell it.
    pub fn new(settings: &PostgresSettings) -> Result<Self, HistoryError> {
        connect::lazily(settings)
    }

    /// The pool that writes go to, once the schema is up to date.
    async fn ready(&self) -> Result<&PgPool, HistoryError> {
        self.migrated.get_or_try_init(|| migrate::migrate(&self.patient, &self.described)).await?;
        Ok(&self.primary)
    }
}
