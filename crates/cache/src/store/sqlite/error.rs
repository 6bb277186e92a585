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
