use std::fs::{DirBuilder, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use super::error::{Trouble, trouble};
use super::set_aside::{set_aside, with_suffix};
use super::{SqliteError, SqliteStore};

/// What `user_version` says of a file with this schema.
const VERSION: i64 = 3;
const SCHEMA: &str = include_str!("schema.sql");
/// Longer than any write of another process, shorter than anyone wants to wait.
const BUSY: Duration = Duration::from_secs(1);
const READERS: u32 = 4;
/// What the log may keep of the disk after a large entry has passed through it.
const LOG_LIMIT: &str = "16777216";

/// What stands at a path.
enum Found {
    /// A file that can be used.
    Ours,
    /// Nothing, or an empty file.
    Fresh,
    /// A file that can't: damaged, or of another version.
    Unusable,
    /// A sound file with somebody else's tables.
    Foreign,
}

pub(super) async fn open(path: &Path) -> Result<SqliteStore, SqliteError> {
    make_folder(path).map_err(|source| SqliteError::Folder { path: path.to_owned(), source })?;
    // Held until the file is ready, so that no two processes set aside or set up at the same time.
    let _opening = lock(path).await.map_err(|source| SqliteError::Folder { path: path.to_owned(), source })?;
    let in_use =
        lock_file(&in_use_path(path)).map_err(|source| SqliteError::Folder { path: path.to_owned(), source })?;
    let found = examine(path).await?;
    match found {
        Found::Ours => {}
        Found::Foreign => return Err(SqliteError::Foreign { path: path.to_owned() }),
        Found::Fresh => be_alone(&in_use, path)?,
        Found::Unusable => {
            be_alone(&in_use, path)?;
            let renamed = set_aside(path).map_err(|source| SqliteError::InTheWay { path: path.to_owned(), source })?;
            tracing::warn!(file = %path.display(), renamed = %renamed.display(), "an unusable cache file was set aside");
        }
    }
    in_use.lock_shared().map_err(|source| SqliteError::Folder { path: path.to_owned(), source })?;
    let is_new = matches!(found, Found::Fresh | Found::Unusable);
    let pools = make_ready(path, is_new).await.map_err(|error| SqliteError::of(path, &error));
    let (writer, readers) = pools?;
    Ok(SqliteStore { path: path.to_owned(), writer, readers, in_use })
}

/// The pools for writing and reading a file that was found fit for it.
async fn make_ready(path: &Path, is_new: bool) -> sqlx::Result<(SqlitePool, SqlitePool)> {
    // Outside of the pools, whose patience is that of an answer: a slow disk may take seconds to make a file.
    let mut first = connection(path).connect().await?;
    if is_new {
        set_up(&mut first).await?;
    }
    check_writable(&mut first).await?;
    let writer = SqlitePoolOptions::new().max_connections(1);
    let writer = writer.after_release(|connection, _| Box::pin(is_out_of_transaction(connection)));
    let writer = lasting(writer).connect_with(connection(path)).await?;
    let readers = lasting(SqlitePoolOptions::new().max_connections(READERS));
    let readers = readers.connect_lazy_with(connection(path).pragma("query_only", "ON"));
    first.close().await?;
    Ok((writer, readers))
}

/// Makes sure that no other process uses the path, before another file takes its place. A process that kept an old one
/// would not see the epoch of the new one, and serve what was invalidated there.
fn be_alone(in_use: &File, path: &Path) -> Result<(), SqliteError> {
    let folder = |source| SqliteError::Folder { path: path.to_owned(), source };
    match in_use.try_lock() {
        // Nobody else comes in between: whoever opens holds the other lock.
        Ok(()) => in_use.unlock().map_err(folder),
        Err(TryLockError::WouldBlock) => Err(SqliteError::Replaced { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(folder(source)),
    }
}

/// For the user alone: answers about an account are nobody else's business.
fn make_folder(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// An empty file beside the store's, to lock. Open to read too, without which some network file systems let nobody
/// share a lock.
fn lock_file(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(false).open(path)
}

/// The file whose lock tells who uses the store's file.
pub(super) fn in_use_path(path: &Path) -> PathBuf {
    with_suffix(path, ".in-use")
}

/// The system lets go of the lock when the process ends, however it does.
async fn lock(path: &Path) -> io::Result<File> {
    let file = lock_file(&with_suffix(path, ".lock"))?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await.map_err(io::Error::other)?
}

/// Looks at a file without changing it.
async fn examine(path: &Path) -> Result<Found, SqliteError> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true).busy_timeout(BUSY);
    let found = match options.connect().await {
        Ok(mut connection) => {
            let found = examine_open(&mut connection).await;
            connection.close().await.and(found)
        }
        Err(error) => Err(error),
    };
    match found {
        Err(error) if trouble(&error) == Trouble::Damaged => Ok(Found::Unusable),
        found => found.map_err(|error| SqliteError::of(path, &error)),
    }
}

/// The check reads the whole file, which is small as it forgets what is old; damage found only later would keep the
/// store from answering, at every start again.
async fn examine_open(connection: &mut SqliteConnection) -> sqlx::Result<Found> {
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await?;
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut *connection).await?;
    if (version, tables) == (0, 0) {
        return Ok(Found::Fresh);
    }
    let ours = "SELECT count(*) FROM sqlite_schema WHERE name IN ('epoch', 'whole_epoch', 'entry', 'chunk', 'lease')";
    let ours: i64 = sqlx::query_scalar(ours).fetch_one(&mut *connection).await?;
    if ours == 0 {
        return Ok(Found::Foreign);
    }
    if version != VERSION {
        return Ok(Found::Unusable);
    }
    let check: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(connection).await?;
    Ok(if check == "ok" && ours == 5 { Found::Ours } else { Found::Unusable })
}

fn connection(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .busy_timeout(BUSY)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // Where a plain flush leaves data in the disk's own cache, as on macOS; elsewhere it does nothing.
        .pragma("fullfsync", "ON")
        .pragma("journal_size_limit", LOG_LIMIT)
        // A statement that waits for a lock would be written to the log as a slow one; whoever asked says that it failed.
        .disable_statement_logging()
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

async fn set_up(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::raw_sql(SCHEMA).execute(&mut *transaction).await?;
    transaction.commit().await
}

/// A file that can only be read is told now, not at the first answer that should be kept.
async fn check_writable(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::query("UPDATE lease SET ttl = ttl WHERE cache_key = ''").execute(connection).await?;
    Ok(())
}
