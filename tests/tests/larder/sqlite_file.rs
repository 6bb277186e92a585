//! A cache file of a test's own, and other programs' hands on it.

use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};
use tempfile::TempDir;

pub(crate) struct SqliteFile {
    folder: TempDir,
}

impl SqliteFile {
    /// No file yet, in a folder that goes with this.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("cache.sqlite")
    }

    /// As `--store` wants it.
    pub(crate) fn store(&self) -> String {
        format!("sqlite:{}", self.path().display())
    }

    /// What was set aside, oldest first.
    pub(crate) fn set_aside(&self) -> Vec<PathBuf> {
        let aside = (1..9).map(|number| self.folder.path().join(format!("cache.sqlite.corrupt-{number}")));
        aside.filter(|aside| aside.exists()).collect()
    }

    /// Another program that has the file open.
    pub(crate) async fn connect(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.path()).connect().await.expect("it opens")
    }

    /// Another program that does something with it and ends, so that all is in the file itself.
    pub(crate) async fn run(&self, statement: &str) {
        let mut connection = self.connect().await;
        run(&mut connection, statement).await;
        connection.close().await.expect("it closes");
    }
}

pub(crate) async fn run(connection: &mut SqliteConnection, statement: &str) {
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(connection).await.expect(statement);
}
