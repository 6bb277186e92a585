use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use larder_runtime::Second;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteRow};
use sqlx::{ConnectOptions, Row, SqliteConnection, SqlitePool};

use super::{Item, Items};
use crate::runtime::TableError;

const SCHEMA: &str = include_str!("schema.sql");
/// What stands where the file would.
const IN_MEMORY: &str = "in memory";
/// SQLite's own: a database in memory is there as long as anything is connected to its name.
const MEMORY_VFS: &str = "memdb";
const READ: &str = "SELECT hash, range, body, version, expires FROM items WHERE hash = ?";

/// A file, for one laptop.
#[derive(Debug)]
pub struct SqliteItems {
    file: PathBuf,
    pool: SqlitePool,
    /// Holds what is in memory: the pool closes a connection whose question nobody waits for any more.
    _memory: Option<Mutex<SqliteConnection>>,
}

impl SqliteItems {
    /// The items in that file, made with its folder if it isn't there. Those that have expired are removed.
    ///
    /// # Errors
    /// If it can't be opened, or is no file of ours.
    pub async fn open(file: &Path) -> Result<Self, TableError> {
        let says = |reason: String| TableError { table: named(file), reason };
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(|error| says(error.to_string()))?;
        }
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
        Self::opened(file, SqlitePoolOptions::new(), options).await
    }

    /// Items that are gone with this process.
    ///
    /// # Errors
    /// If there is no room for them.
    pub async fn in_memory() -> Result<Self, TableError> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let name = format!("/larder-runtime-{}", MADE.fetch_add(1, Ordering::Relaxed));
        let options = SqliteConnectOptions::new().filename(name).vfs(MEMORY_VFS).create_if_missing(true);
        let says = |error: sqlx::Error| TableError { table: named(Path::new(IN_MEMORY)), reason: error.to_string() };
        let memory = options.connect().await.map_err(says)?;
        let opened = Self::opened(Path::new(IN_MEMORY), SqlitePoolOptions::new(), options).await?;
        Ok(Self { _memory: Some(Mutex::new(memory)), ..opened })
    }

    async fn opened(file: &Path, pool: SqlitePoolOptions, options: SqliteConnectOptions) -> Result<Self, TableError> {
        let says = |error: sqlx::Error| TableError { table: named(file), reason: error.to_string() };
        // One writer at a time, so that none ever finds the file busy.
        let pool = pool.max_connections(1).connect_with(options).await.map_err(says)?;
        sqlx::raw_sql(SCHEMA).execute(&pool).await.map_err(says)?;
        Ok(Self { file: file.to_owned(), pool, _memory: None })
    }

    fn failed(&self, error: &sqlx::Error) -> TableError {
        TableError { table: named(&self.file), reason: error.to_string() }
    }
}

#[async_trait]
impl Items for SqliteItems {
    async fn get(&self, hash: &str, range: &str) -> Result<Option<Item>, TableError> {
        Ok(self.between(hash, range, range).await?.pop())
    }

    async fn between(&self, hash: &str, from: &str, to: &str) -> Result<Vec<Item>, TableError> {
        self.first_between(hash, (from, to), usize::MAX).await
    }

    async fn first_between(&self, hash: &str, (from, to): (&str, &str), most: usize) -> Result<Vec<Item>, TableError> {
        let text = format!("{READ} AND range BETWEEN ? AND ? ORDER BY range LIMIT ?");
        let query = sqlx::query(sqlx::AssertSqlSafe(text)).bind(hash).bind(from).bind(to);
        let rows = query.bind(i64::try_from(most).unwrap_or(i64::MAX)).fetch_all(&self.pool).await;
        let items = rows.and_then(|rows| rows.iter().map(item_of).collect());
        items.map_err(|error| self.failed(&error))
    }

    async fn put(&self, items: Vec<Item>) -> Result<(), TableError> {
        let all = async {
            let mut transaction = self.pool.begin().await?;
            for item in &items {
                let insert = sqlx::query("INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?)");
                bound(insert, item).execute(&mut *transaction).await?;
            }
            transaction.commit().await
        };
        all.await.map_err(|error| self.failed(&error))
    }

    async fn replace(&self, item: Item, version: Option<u64>) -> Result<bool, TableError> {
        let written = match version {
            None => bound(sqlx::query("INSERT OR IGNORE INTO items VALUES (?, ?, ?, ?, ?)"), &item).execute(&self.pool),
            Some(version) => {
                let update = "UPDATE items SET hash = ?, range = ?, body = ?, version = ?, expires = ? \
                              WHERE hash = ? AND range = ? AND version = ?";
                let update = bound(sqlx::query(update), &item).bind(&item.hash).bind(&item.range);
                update.bind(i64::try_from(version).unwrap_or(i64::MAX)).execute(&self.pool)
            }
        };
        written.await.map(|written| written.rows_affected() > 0).map_err(|error| self.failed(&error))
    }

    async fn remove(&self, hash: &str, range: &str) -> Result<(), TableError> {
        let delete = sqlx::query("DELETE FROM items WHERE hash = ? AND range = ?").bind(hash).bind(range);
        delete.execute(&self.pool).await.map(drop).map_err(|error| self.failed(&error))
    }
}

type Query<'a> = sqlx::query::Query<'a, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

fn bound<'a>(query: Query<'a>, item: &'a Item) -> Query<'a> {
    let version = i64::try_from(item.version).unwrap_or(i64::MAX);
    query.bind(&item.hash).bind(&item.range).bind(&item.body).bind(version).bind(item.expires.map(Second::unix))
}

fn item_of(row: &SqliteRow) -> Result<Item, sqlx::Error> {
    Ok(Item {
        hash: row.try_get("hash")?,
        range: row.try_get("range")?,
        body: row.try_get("body")?,
        version: u64::try_from(row.try_get::<i64, _>("version")?).unwrap_or_default(),
        expires: row.try_get::<Option<i64>, _>("expires")?.map(Second::of_unix),
    })
}

fn named(file: &Path) -> String {
    format!("the runtime file {}", file.display())
}
