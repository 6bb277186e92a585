//! The history of one machine: an SQLite file that the processes on it share.

mod backup;
mod engine;
mod migrate;
mod open;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use sqlx::{SqliteConnection, SqlitePool};

use crate::HistoryError;

/// The history in an SQLite file, or in memory.
///
/// Readers go on while somebody writes; one writes at a time, and others wait their turn for 10 seconds. Every commit
/// is flushed to the disk.
#[derive(Debug)]
pub struct SqliteHistory {
    /// Absent for one in memory.
    path: Option<PathBuf>,
    /// One connection. SQLite has one writer at a time anyhow; here they queue without polling for a lock.
    writer: SqlitePool,
    readers: SqlitePool,
    /// Holds what is in memory: a pool closes a connection whose question nobody waits for any more.
    _memory: Option<Mutex<SqliteConnection>>,
}

impl SqliteHistory {
    /// Opens the file, making it and its folder (for the user alone) where there are none, and brings it up to date.
    ///
    /// # Errors
    /// [`HistoryError::Unusable`] for a file that is not a history, is damaged, or was made by a newer version; it is left
    /// as it is.
    pub async fn open(path: &Path) -> Result<Self, HistoryError> {
        open::file(path).await
    }

    /// One that is gone when it is dropped.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub async fn in_memory() -> Result<Self, HistoryError> {
        open::in_memory().await
    }

    /// Copies it, as it is at one moment and while others write, to a file that must not exist yet.
    ///
    /// # Errors
    /// [`HistoryError::Invalid`] if there is such a file; [`HistoryError::Full`] and others if it can't be written. Then
    /// there is no file.
    pub async fn backup(&self, to: &Path) -> Result<(), HistoryError> {
        backup::backup(self, to).await
    }

    /// Puts a copy, once it has been verified, in the place of a history. What was there before is kept beside it; its path
    /// is returned.
    ///
    /// # Errors
    /// [`HistoryError::Unusable`] if the copy is no sound history, [`HistoryError::Busy`] if a program has the one that is
    /// to be replaced open. Then nothing has been changed.
    pub async fn restore(from: &Path, to: &Path) -> Result<Option<PathBuf>, HistoryError> {
        backup::restore(from, to).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;
    use sqlx::AssertSqlSafe;

    use super::*;
    use crate::{History, Kind, Resource, ResourceSync};

    fn told(count: usize) -> Vec<Resource> {
        let attributes = || Map::from_iter([("state".to_owned(), "running".repeat(50).into())]);
        (0..count).map(|number| Resource { id: format!("i-{number}"), attributes: attributes() }).collect()
    }

    fn sync<'a>(as_of: &str, resources: &'a [Resource]) -> ResourceSync<'a> {
        let as_of = as_of.parse().expect("a moment");
        ResourceSync { account: "1", region: "r", kind: Kind::Instance, as_of, by: "test", resources }
    }

    /// The file may grow to so many pages and no further, as if the disk were full then.
    async fn limit(history: &SqliteHistory, pages: i64) {
        let limit = AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
        sqlx::raw_sql(limit).execute(&history.writer).await.expect("the one connection that writes");
    }

    #[tokio::test]
    async fn a_full_disk_is_found_before_a_sync_is_begun() {
        let folder = tempfile::tempdir().expect("a folder");
        let history = SqliteHistory::open(&folder.path().join("history.sqlite")).await.expect("opens");
        limit(&history, 1).await;
        let refused = history.check_writable().await;
        assert!(matches!(refused, Err(HistoryError::Full(_))), "{refused:?}");
        limit(&history, 1 << 20).await;
        history.check_writable().await.expect("there is room again");
    }

    #[tokio::test]
    async fn a_full_disk_is_said_and_what_was_kept_is_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let history = SqliteHistory::open(&folder.path().join("history.sqlite")).await.expect("opens");
        let (few, many) = (told(3), told(9_000));
        history.store_resources(&sync("2026-11-01T10:00:00Z", &few)).await.expect("there is room");
        limit(&history, 60).await;
        let refused = history.store_resources(&sync("2026-11-01T11:00:00Z", &many)).await;
        let Err(full @ HistoryError::Full(_)) = refused else { panic!("{refused:?}") };
        assert!(full.to_string().starts_with("the history's database is full"), "{full}");

        let kept = history.resources("1", Kind::Instance, None).await.expect("readers go on");
        assert_eq!(kept[0].resources, few);
        assert_eq!(history.verify().await.expect("it can be verified"), []);
        history.store_resources(&sync("2026-11-01T12:00:00Z", &few)).await.expect("what fits is still kept");
        limit(&history, 1 << 20).await;
        let outcome = history.store_resources(&sync("2026-11-01T13:00:00Z", &many)).await.expect("there is room again");
        assert_eq!((outcome.added, outcome.changed, outcome.gone), (8_997, 0, 0));
        assert_eq!(history.verify().await.expect("it can be verified"), []);
    }
}
