//! The store of one machine: an SQLite file that the processes on it share.

mod chunk;
mod entry;
mod epoch;
mod error;
mod in_place;
mod lease;
mod list;
mod open;
mod row;
mod set_aside;

use std::fs::File;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use bytes::Bytes;
use sqlx::SqlitePool;

use super::{
    ChunkId, Claim, LeaseAttempt, LeaseItem, Page, Position, Snapshot, Store, StoreError, StoreResult, StoredEntry,
};
use crate::epoch::{Epoch, Incarnation, Marks};
use crate::key::Key;
use crate::selector::Selector;

pub use error::SqliteError;

/// A row of this size is no burden to SQLite, whose own limit is 1 GB.
const LARGEST_INLINE: usize = 64 * 1024 * 1024;

/// The store in an SQLite file.
///
/// Every commit is flushed to the disk: losing an invalidation that was acknowledged, in a power cut, would bring
/// back what it killed. A flush takes milliseconds, and there are few of them for each fetch from upstream.
pub struct SqliteStore {
    path: PathBuf,
    /// One connection. SQLite has one writer at a time anyhow; here they queue without polling for a lock.
    writer: SqlitePool,
    readers: SqlitePool,
    /// Locked, shared with the other processes that use the file, for as long as this one does.
    in_use: File,
}

impl SqliteStore {
    /// Opens the file, making it and its folder (for the user alone) where there are none. A file that is damaged
    /// or of another version is renamed to `<name>.corrupt-<n>`, and a fresh one opened, unless a process still uses it.
    ///
    /// Waits while another process opens the same file.
    ///
    /// # Errors
    /// [`SqliteError`] when the file can't be used; it is left as it is.
    pub async fn open(path: &Path) -> Result<Self, SqliteError> {
        open::open(path).await
    }

    /// Makes sure that the file is still the one that other processes find at its path. Where someone removed the whole
    /// folder, this process goes on with files that nobody else sees, and would miss their invalidations.
    fn check_in_place(&self) -> Result<(), StoreError> {
        if in_place::is_at(&self.in_use, &open::in_use_path(&self.path)) {
            return Ok(());
        }
        let reason = format!("{} was removed while it was in use; start this program again", self.path.display());
        Err(StoreError::Failed(reason.into()))
    }

    fn fault(&self, error: &sqlx::Error) -> StoreError {
        error::fault(&self.path, error)
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn largest_inline(&self) -> usize {
        LARGEST_INLINE
    }

    async fn read(&self, key: &Key) -> StoreResult<Snapshot> {
        self.check_in_place()?;
        entry::read(self, key).await
    }

    async fn read_epoch(&self) -> StoreResult<Option<Epoch>> {
        self.check_in_place()?;
        epoch::read(self).await
    }

    async fn create_epoch(&self, incarnation: Incarnation) -> StoreResult<Epoch> {
        self.check_in_place()?;
        epoch::create(self, incarnation).await
    }

    async fn advance_epoch(&self, selector: &Selector) -> StoreResult<Option<Epoch>> {
        self.check_in_place()?;
        epoch::advance(self, selector).await
    }

    async fn fold_epoch(&self, seen: &Epoch, marks: &Marks) -> StoreResult<bool> {
        epoch::fold(self, seen, marks).await
    }

    async fn write_entry(&self, entry: &StoredEntry) -> StoreResult<bool> {
        entry::write(self, entry).await
    }

    async fn mark_used(&self, key: &Key, created_at: u64, used_at: u64) -> StoreResult<()> {
        entry::mark_used(self, key, created_at, used_at).await
    }

    async fn write_chunks(&self, chunks: &[(ChunkId, Bytes)], ttl: u64) -> StoreResult<()> {
        chunk::write(self, chunks, ttl).await
    }

    async fn read_chunks(&self, ids: &[ChunkId]) -> StoreResult<Vec<Option<Bytes>>> {
        chunk::read(self, ids).await
    }

    async fn take_lease(&self, key: &Key, lease: &LeaseItem, claim: &Claim) -> StoreResult<LeaseAttempt> {
        lease::take(self, key, lease, claim).await
    }

    async fn release_lease(&self, key: &Key, owner: &str) -> StoreResult<()> {
        lease::release(self, key, owner).await
    }

    async fn list(&self, data_type: &str, after: Option<&Position>, limit: usize) -> StoreResult<Page> {
        list::page(self, data_type, after, limit).await
    }

    async fn delete(&self, keys: &[String], resource: Option<&str>) -> StoreResult<u64> {
        entry::delete(self, keys, resource).await
    }
}

/// SQLite's integers have a sign. No moment or size comes near the largest one.
fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
