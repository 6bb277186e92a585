use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Connection, PgPool, SqlSafeStr};

use crate::HistoryError;

/// In the order of their versions. They only ever become more, and none ever changes.
const MIGRATIONS: [(i64, &str, &str); 1] = [(1, "history", include_str!("migrations/0001_history.sql"))];

/// The version that a database has once it is up to date.
pub(super) const NEWEST: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// Brings a database up to date. Of two processes at it, one waits. The connection that it is done on is not used again: a
/// failure would leave it with the lock.
pub(super) async fn migrate(pool: &PgPool, described: &str) -> Result<(), HistoryError> {
    let mut connection = pool.acquire().await.map_err(HistoryError::postgres)?.detach();
    let migrations = MIGRATIONS.map(|(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let migrated = Migrator::with_migrations(migrations.into()).run_direct(None, &mut connection, false).await;
    if let Err(error) = connection.close().await {
        tracing::debug!(%error, "a connection was not closed in order");
    }
    migrated.map_err(|error| HistoryError::migration(error, described, HistoryError::postgres))
}
