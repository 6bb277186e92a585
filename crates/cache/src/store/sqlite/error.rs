use std::io;
use std::path::{Path, PathBuf};

use crate::store::StoreError;

/// Why a cache file could not be opened. It says which file, what is wrong, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum SqliteError {
    /// The folder could not be made, or nothing could be made in it.
    #[error("the folder of the cache file {path} cannot be used: {source}. Name another file, or allow writing there")]
    Folder {
        /// The cache file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another program holds it.
    #[error("the cache file {path} is locked by another program. End that program, or name another file")]
    Locked {
        /// The cache file.
        path: PathBuf,
    },
    /// It is damaged, gone or of another version, and a process still uses what stood there.
    #[error(
        "the cache file {path} is unusable, and another Larder program has it open. End that program, or name another file"
    )]
    Replaced {
        /// The cache file.
        path: PathBuf,
    },
    /// It may be read only.
    #[error("the cache file {path} is read-only. Allow writing to it, or name another file")]
    ReadOnly {
        /// The cache file.
        path: PathBuf,
    },
    /// It may not be opened, or is no file.
    #[error("the cache file {path} cannot be opened. Check that it is a file and who owns it, or name another one")]
    Denied {
        /// The cache file.
        path: PathBuf,
    },
    /// It is another program's database.
    #[error("the file {path} is another program's database, and left as it is. Name another file")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// There is no room.
    #[error("the disk of the cache file {path} is full. Make room, or name a file on another disk")]
    Full {
        /// The cache file.
        path: PathBuf,
    },
    /// It is damaged or another program's, and could not be renamed.
    #[error("the cache file {path} is unusable and cannot be renamed: {source}. Move it away")]
    InTheWay {
        /// The cache file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Anything else.
    #[error("the cache file {path} failed: {reason}")]
    Failed {
        /// The cache file.
        path: PathBuf,
        /// What SQLite said.
        reason: String,
    },
}

/// What a result code of SQLite means for a cache file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    Locked,
    ReadOnly,
    Denied,
    Full,
    Damaged,
    Other,
}

/// What went wrong, by the primary result code: the low byte (<https://www.sqlite.org/rescode.html>).
pub(super) fn trouble(error: &sqlx::Error) -> Trouble {
    let sqlx::Error::Database(error) = error else { return Trouble::Other };
    let code: i32 = error.code().and_then(|code| code.parse().ok()).unwrap_or_default();
    match code & 0xff {
        5 | 6 => Trouble::Locked,
        8 => Trouble::ReadOnly,
        3 | 14 | 23 => Trouble::Denied,
        13 => Trouble::Full,
        11 | 26 => Trouble::Damaged,
        _ => Trouble::Other,
    }
}

impl SqliteError {
    /// What kept a file from being opened.
    pub(super) fn of(path: &Path, error: &sqlx::Error) -> Self {
        let file = path.to_owned();
        match trouble(error) {
            Trouble::Locked => Self::Locked { path: file },
            Trouble::ReadOnly => Self::ReadOnly { path: file },
            Trouble::Denied => Self::Denied { path: file },
            Trouble::Full => Self::Full { path: file },
            Trouble::Damaged | Trouble::Other => Self::Failed { path: file, reason: error.to_string() },
        }
    }
}

/// What the failure of an operation on an open file means to the cache.
pub(super) fn fault(path: &Path, error: &sqlx::Error) -> StoreError {
    let advice = match trouble(error) {
        Trouble::Locked => return StoreError::Timeout,
        _ if matches!(error, sqlx::Error::PoolTimedOut) => return StoreError::Timeout,
        Trouble::Damaged => ". It is damaged: start again, and it will be set aside",
        Trouble::Full => ". Make room on its disk",
        Trouble::ReadOnly | Trouble::Denied => ". Allow writing to it and to its folder",
        Trouble::Other => "",
    };
    StoreError::Failed(format!("cache file {}: {error}{advice}", path.display()).into())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use sqlx::AssertSqlSafe;

    use super::*;
    use crate::store::{ChunkId, SqliteStore, Store};

    const TTL: u64 = 4_100_003_900;

    fn chunk(number: u32, content: Bytes) -> (ChunkId, Bytes) {
        (ChunkId { digest: "a".repeat(64), number }, content)
    }

    /// The file may grow to so many pages and no further, as if the disk were full then.
    async fn limit(store: &SqliteStore, pages: i64) {
        let limit = format!("PRAGMA max_page_count = {pages}");
        sqlx::raw_sql(AssertSqlSafe(limit)).execute(&store.writer).await.expect("the one connection that writes");
    }

    #[tokio::test]
    async fn a_full_disk_is_told_from_other_failures_and_leaves_what_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("cache.db");
        let store = SqliteStore::open(&path).await.expect("opens");
        let (kept, large) = (chunk(0, Bytes::from_static(b"kept")), chunk(1, vec![7; 1 << 20].into()));
        store.write_chunks(std::slice::from_ref(&kept), TTL).await.expect("there is room");
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&store.writer).await.expect("a count");
        limit(&store, pages).await;

        let fill = "INSERT INTO chunk (digest, number, ttl, data) VALUES ('', 0, 0, zeroblob(1048576))";
        let error = sqlx::query(fill).execute(&store.writer).await.expect_err("there is no room");
        assert!(matches!(SqliteError::of(&path, &error), SqliteError::Full { .. }), "{error}");
        let refused = store.write_chunks(std::slice::from_ref(&large), TTL).await;
        let Err(StoreError::Failed(why)) = refused else { panic!("{refused:?}") };
        assert!(why.contains("cache.db") && why.ends_with(". Make room on its disk"), "{why}");

        let ids = [kept.0, large.0.clone()];
        let found = store.read_chunks(&ids).await.expect("readers go on").value;
        assert_eq!(found, [Some(kept.1.clone()), None]);
        limit(&store, 1 << 20).await;
        store.write_chunks(std::slice::from_ref(&large), TTL).await.expect("there is room again");
        assert_eq!(store.read_chunks(&ids).await.expect("answers").value, [Some(kept.1), Some(large.1)]);
    }
}
