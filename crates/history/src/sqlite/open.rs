use std::fs::DirBuilder;
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::{SqliteHistory, migrate};
use crate::HistoryError;
use crate::engine::Engine;

/// Longer than any sync writes.
const BUSY: Duration = Duration::from_secs(10);
const READERS: u32 = 4;
/// Up to so many rows are read before whoever asked takes the first: it waits for a thread's answer once, not for each few.
const ROWS_AHEAD: usize = 1_024;
/// What the log may keep of the disk after a large sync has passed through it.
const LOG_LIMIT: &str = "67108864";
/// SQLite's own: a database in memory is there as long as anything is connected to its name.
const MEMORY_VFS: &str = "memdb";

pub(super) async fn file(path: &Path) -> Result<SqliteHistory, HistoryError> {
    make_folder(path).map_err(|error| HistoryError::Unreachable(error.into()))?;
    check_ours(path).await?;
    let options = connection().filename(path).create_if_missing(true);
    let readers = lasting(SqlitePoolOptions::new().max_connections(READERS));
    let readers = readers.connect_lazy_with(options.clone().pragma("query_only", "ON"));
    let writer = writer().connect_with(options).await.map_err(HistoryError::sqlite)?;
    let history = SqliteHistory { path: Some(path.to_owned()), writer, readers, _memory: None };
    migrate::migrate(&history.writer, &history.described()).await?;
    Ok(history)
}

/// Looks at the file without changing it: opening it in earnest gives it a log.
async fn check_ours(path: &Path) -> Result<(), HistoryError> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true).busy_timeout(BUSY);
    let mut connection = options.connect().await.map_err(HistoryError::sqlite)?;
    let checked = migrate::check_ours(&mut connection, &format!("sqlite:{}", path.display())).await;
    connection.close().await.map_err(HistoryError::sqlite)?;
    checked
}

pub(super) async fn in_memory() -> Result<SqliteHistory, HistoryError> {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let name = format!("/larder-history-{}", MADE.fetch_add(1, Ordering::Relaxed));
    let options = connection().filename(name).vfs(MEMORY_VFS).create_if_missing(true);
    let memory = options.connect().await.map_err(HistoryError::sqlite)?;
    let writer = writer().connect_with(options).await.map_err(HistoryError::sqlite)?;
    let history = SqliteHistory { path: None, readers: writer.clone(), writer, _memory: Some(Mutex::new(memory)) };
    migrate::migrate(&history.writer, &history.described()).await?;
    Ok(history)
}

/// For the user alone: what runs in an account is nobody else's business.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

pub(super) fn connection() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // Where a plain flush leaves data in the disk's own cache, as on macOS; elsewhere it does nothing.
        .pragma("fullfsync", "ON")
        .pragma("journal_size_limit", LOG_LIMIT)
        // A statement that waits for a lock would be written to the log as a slow one; whoever asked says that it failed.
        .disable_statement_logging()
        .row_buffer_size(ROWS_AHEAD)
}

fn writer() -> SqlitePoolOptions {
    let writer = SqlitePoolOptions::new().max_connections(1);
    lasting(writer.after_release(|connection, _| Box::pin(is_out_of_transaction(connection))))
}

/// Connections to a file don't go bad: they are neither tested nor renewed.
fn lasting(pool: SqlitePoolOptions) -> SqlitePoolOptions {
    pool.acquire_timeout(2 * BUSY).idle_timeout(None).max_lifetime(None).test_before_acquire(false)
}

/// Where SQLite itself rolls back, as it does on a full disk, sqlx fails to do so after it and counts on as if the
/// transaction went on: no other could ever begin on such a connection, so that another one takes its place.
async fn is_out_of_transaction(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    if connection.is_in_transaction() {
        // Answered after the rollback that may be on its way.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}
