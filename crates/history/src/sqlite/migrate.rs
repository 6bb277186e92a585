use std::fmt::Display;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Row, SqlSafeStr, SqliteConnection, SqlitePool};

use crate::HistoryError;

/// What `application_id` says of a history: "Lard" in ASCII.
const APPLICATION_ID: i64 = 0x4c61_7264;

/// In the order of their versions. They only ever become more, and none ever changes.
const MIGRATIONS: [(i64, &str, &str); 2] = [
    (1, "history", include_str!("migrations/0001_history.sql")),
    (2, "digests", include_str!("migrations/0002_digests.sql")),
];

/// Brings a database up to date. Of two processes at it, one waits.
pub(super) async fn migrate(writer: &SqlitePool, described: &str) -> Result<(), HistoryError> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await.map_err(HistoryError::sqlite)?;
    let migrations = MIGRATIONS.map(|(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let migrated = Migrator::with_migrations(migrations.into()).run_direct(None, &mut *transaction, false).await;
    migrated.map_err(|error| HistoryError::migration(error, described, HistoryError::sqlite))?;
    sqlx::raw_sql("PRAGMA application_id = 0x4c617264")
        .execute(&mut *transaction)
        .await
        .map_err(HistoryError::sqlite)?;
    transaction.commit().await.map_err(HistoryError::sqlite)
}

/// That it is a history, or nothing yet.
///
/// # Errors
/// [`HistoryError::Unusable`] for a database that has somebody else's tables.
pub(super) async fn check_ours(connection: &mut SqliteConnection, described: &str) -> Result<(), HistoryError> {
    let ours = "SELECT application_id, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id";
    let row = sqlx::query(ours).fetch_one(connection).await.map_err(HistoryError::sqlite)?;
    let (application, tables): (i64, i64) = (row.get(0), row.get(1));
    if application == APPLICATION_ID || tables == 0 {
        return Ok(());
    }
    Err(HistoryError::Unusable(format!("{described} is not a history: it has somebody else's tables")))
}

/// That it is a history of a version that is known, and all of it is readable. It is only read.
pub(super) async fn check_whole(connection: &mut SqliteConnection, described: &str) -> Result<(), HistoryError> {
    let unusable = |why: &dyn Display| HistoryError::Unusable(format!("{described} is no sound history: {why}"));
    let version = "SELECT (SELECT application_id FROM pragma_application_id), max(version) FROM _sqlx_migrations";
    let row = sqlx::query(version).fetch_one(&mut *connection).await.map_err(|error| unusable(&error))?;
    let (application, version): (i64, Option<i64>) = (row.get(0), row.get(1));
    if application != APPLICATION_ID {
        return Err(unusable(&"it is somebody else's"));
    }
    if version > MIGRATIONS.last().map(|(newest, ..)| *newest) {
        return Err(unusable(&"a newer version of this program made it"));
    }
    let check: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(connection)
        .await
        .map_err(|error| unusable(&error))?;
    if check == "ok" { Ok(()) } else { Err(unusable(&check)) }
}
