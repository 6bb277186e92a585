//! The databases under test.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use larder_history::{History, PostgresHistory, PostgresSettings, SqliteHistory};
use larder_tests::Postgres;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tempfile::TempDir;

/// A history of its own for one test, and what must outlive it.
pub(crate) struct Backend {
    pub(crate) history: Arc<dyn History>,
    /// How another process would open the same.
    pub(crate) url: String,
    _folder: Option<TempDir>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    pub(crate) async fn make(self) -> Backend {
        match self {
            Self::Sqlite => {
                let folder = tempfile::tempdir().expect("a folder");
                let path = folder.path().join("history.sqlite");
                let history = SqliteHistory::open(&path).await.expect("a fresh file");
                let url = format!("sqlite:{}", path.display());
                Backend { history: Arc::new(history), url, _folder: Some(folder) }
            }
            Self::Postgres => {
                let url = fresh_database().await;
                let history = PostgresHistory::new(&PostgresSettings::new(url.as_str().into())).expect("an URL");
                Backend { history: Arc::new(history), url, _folder: None }
            }
        }
    }
}

/// The history at that URL, as another process would open it.
pub(crate) async fn open(url: &str) -> Arc<dyn History> {
    match url.strip_prefix("sqlite:") {
        Some(path) => Arc::new(SqliteHistory::open(Path::new(path)).await.expect("opens")),
        None => Arc::new(PostgresHistory::new(&PostgresSettings::new(url.into())).expect("an URL")),
    }
}

/// The URL of an empty database on the PostgreSQL that all tests share.
pub(crate) async fn fresh_database() -> String {
    static DATABASES: AtomicU64 = AtomicU64::new(0);
    let name = format!("history_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    Postgres::shared().await.create_database(&name).expect("a fresh database")
}

/// Changes a database behind the history's back.
pub(crate) async fn run(url: &str, statement: &'static str) {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let mut connection = SqliteConnectOptions::new().filename(path).connect().await.expect("connects");
        sqlx::raw_sql(statement).execute(&mut connection).await.expect(statement);
        connection.close().await.expect("closes");
    } else {
        let mut connection = PgConnection::connect(url).await.expect("connects");
        sqlx::raw_sql(statement).execute(&mut connection).await.expect(statement);
        connection.close().await.expect("closes");
    }
}
