use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use larder_cache::store::{
    ChunkId, Claim, InProcessStore, LeaseAttempt, LeaseItem, Page, Position, Snapshot, Store, StoreResult, StoredEntry,
};
use larder_cache::{Epoch, Incarnation, Key, Marks, Selector};

/// A store that counts its listings, and after so many gives none any more.
pub(super) struct HaltingStore {
    inner: InProcessStore,
    lists: AtomicUsize,
    most: usize,
}

impl HaltingStore {
    pub(super) fn after(most: usize) -> Self {
        Self { inner: InProcessStore::new(), lists: AtomicUsize::new(0), most }
    }

    /// How often it was asked for a listing.
    pub(super) fn lists(&self) -> usize {
        self.lists.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Store for HaltingStore {
    async fn list(&self, data_type: &str, after: Option<&Position>, limit: usize) -> StoreResult<Page> {
        if self.lists.fetch_add(1, Ordering::SeqCst) >= self.most {
            std::future::pending::<()>().await;
        }
        self.inner.list(data_type, after, limit).await
    }

    async fn write_entry(&self, entry: &StoredEntry) -> StoreResult<bool> {
        self.inner.write_entry(entry).await
    }

    fn largest_inline(&self) -> usize {
        self.inner.largest_inline()
    }

    async fn read(&self, key: &Key) -> StoreResult<Snapshot> {
        self.inner.read(key).await
    }

    async fn read_epoch(&self) -> StoreResult<Option<Epoch>> {
        self.inner.read_epoch().await
    }

    async fn create_epoch(&self, incarnation: Incarnation) -> StoreResult<Epoch> {
        self.inner.create_epoch(incarnation).await
    }

    async fn advance_epoch(&self, selector: &Selector) -> StoreResult<Option<Epoch>> {
        self.inner.advance_epoch(selector).await
    }

    async fn fold_epoch(&self, seen: &Epoch, marks: &Marks) -> StoreResult<bool> {
        self.inner.fold_epoch(seen, marks).await
    }

    async fn mark_used(&self, key: &Key, created_at: u64, used_at: u64) -> StoreResult<()> {
        self.inner.mark_used(key, created_at, used_at).await
    }

    async fn write_chunks(&self, chunks: &[(ChunkId, Bytes)], ttl: u64) -> StoreResult<()> {
        self.inner.write_chunks(chunks, ttl).await
    }

    async fn read_chunks(&self, ids: &[ChunkId]) -> StoreResult<Vec<Option<Bytes>>> {
        self.inner.read_chunks(ids).await
    }

    async fn take_lease(&self, key: &Key, lease: &LeaseItem, claim: &Claim) -> StoreResult<LeaseAttempt> {
        self.inner.take_lease(key, lease, claim).await
    }

    async fn release_lease(&self, key: &Key, owner: &str) -> StoreResult<()> {
        self.inner.release_lease(key, owner).await
    }

    async fn delete(&self, keys: &[String], resource: Option<&str>) -> StoreResult<u64> {
        self.inner.delete(keys, resource).await
    }
}
