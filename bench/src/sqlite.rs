//! The least that SQLite has to do.

use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Row, SqliteConnection};

use crate::stopwatch::Stopwatch;

const BOTH: &str = "SELECT epoch.incarnation, counter, marks, data FROM epoch, entry WHERE cache_key = ?1";

/// One connection, which keeps a log and flushes every commit, as the store does.
pub(crate) struct Bare(SqliteConnection);

impl Bare {
    /// On the file of a store.
    pub(crate) async fn beside(path: &Path) -> anyhow::Result<Self> {
        Ok(Self(options(path).connect().await?))
    }

    /// On a file of its own, with nothing but keys and values.
    pub(crate) async fn alone(path: &Path) -> anyhow::Result<Self> {
        let mut connection = options(path).create_if_missing(true).connect().await?;
        let tables = "CREATE TABLE lease (key TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL) STRICT;
            CREATE TABLE item (key TEXT NOT NULL PRIMARY KEY, data BLOB NOT NULL) STRICT;";
        sqlx::raw_sql(tables).execute(&mut connection).await?;
        Ok(Self(connection))
    }

    /// Reads the epoch and an entry in one statement; how long it took.
    pub(crate) async fn select_both(&mut self, key: &str) -> anyhow::Result<Duration> {
        let watch = Stopwatch::start();
        let row = sqlx::query(BOTH).bind(key).fetch_one(&mut self.0).await?;
        let data: Vec<u8> = row.try_get("data")?;
        let took = watch.elapsed();
        ensure!(!data.is_empty(), "the entry is empty");
        Ok(took)
    }

    /// Looks for a key, takes its lease, and fills it; how long it took.
    pub(crate) async fn select_lease_insert(&mut self, key: &str, value: &[u8]) -> anyhow::Result<Duration> {
        let watch = Stopwatch::start();
        let found = sqlx::query("SELECT data FROM item WHERE key = ?1").bind(key).fetch_optional(&mut self.0).await?;
        let lease = sqlx::query("INSERT INTO lease VALUES (?1, ?2) ON CONFLICT DO NOTHING").bind(key).bind("owner");
        let taken = lease.execute(&mut self.0).await?.rows_affected();
        sqlx::query("INSERT INTO item VALUES (?1, ?2)").bind(key).bind(value).execute(&mut self.0).await?;
        let took = watch.elapsed();
        ensure!(found.is_none() && taken == 1, "{key} was there already");
        Ok(took)
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(1))
}
