use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use super::{
    ChunkId, ItemRead, LeaseAttempt, LeaseItem, Metered, Page, Snapshot, Store, StoreResult, StoredEntry, may_replace,
};
use crate::epoch::{Epoch, Incarnation, Marks};
use crate::key::Key;
use crate::selector::Selector;

/// A store inside one process: for tests, and for a `larder serve` that should leave no file behind.
#[derive(Default)]
pub struct InProcessStore(Mutex<Tables>);

#[derive(Default)]
struct Tables {
    epoch: Option<Epoch>,
    entries: BTreeMap<String, Arc<StoredEntry>>,
    chunks: HashMap<ChunkId, Bytes>,
    leases: HashMap<String, LeaseItem>,
}

impl InProcessStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for InProcessStore {
    fn largest_inline(&self) -> usize {
        usize::MAX
    }

    async fn read(&self, key: &Key) -> StoreResult<Snapshot> {
        let tables = self.tables();
        let entry = tables.entries.get(key.as_str()).map_or(ItemRead::Absent, |entry| ItemRead::Found(entry.clone()));
        Ok(Metered::free(Snapshot { epoch: tables.epoch.clone(), entry }))
    }

    async fn read_epoch(&self) -> StoreResult<Option<Epoch>> {
        Ok(Metered::free(self.tables().epoch.clone()))
    }

    async fn create_epoch(&self, incarnation: Incarnation) -> StoreResult<Epoch> {
        let mut tables = self.tables();
        Ok(Metered::free(tables.epoch.get_or_insert_with(|| Epoch::first(incarnation)).clone()))
    }

    async fn advance_epoch(&self, selector: &Selector) -> StoreResult<Option<Epoch>> {
        let mut tables = self.tables();
        if let Some(epoch) = &mut tables.epoch {
            epoch.counter += 1;
            epoch.marks.insert(selector.clone(), epoch.counter);
        }
        Ok(Metered::free(tables.epoch.clone()))
    }

    async fn fold_epoch(&self, seen: &Epoch, marks: &Marks) -> StoreResult<bool> {
        let mut tables = self.tables();
        let same = tables.epoch.as_mut().filter(|epoch| epoch.fence() == seen.fence());
        Ok(Metered::free(same.map(|epoch| epoch.marks.clone_from(marks)).is_some()))
    }

    async fn write_entry(&self, entry: &StoredEntry) -> StoreResult<bool> {
        let mut tables = self.tables();
        if tables.entries.get(&entry.key).is_some_and(|old| !may_replace(old.fence, entry.fence)) {
            return Ok(Metered::free(false));
        }
        tables.entries.insert(entry.key.clone(), Arc::new(entry.clone()));
        Ok(Metered::free(true))
    }

    async fn mark_used(&self, key: &Key, created_at: u64, used_at: u64) -> StoreResult<()> {
        let mut tables = self.tables();
        if let Some(entry) = tables.entries.get_mut(key.as_str()).filter(|entry| entry.created_at == created_at) {
            Arc::make_mut(entry).used_at.get_or_insert(used_at);
        }
        Ok(Metered::free(()))
    }

    async fn write_chunks(&self, chunks: &[(ChunkId, Bytes)], _ttl: u64) -> StoreResult<()> {
        self.tables().chunks.extend(chunks.iter().cloned());
        Ok(Metered::free(()))
    }

    async fn read_chunks(&self, ids: &[ChunkId]) -> StoreResult<Vec<Option<Bytes>>> {
        let tables = self.tables();
        Ok(Metered::free(ids.iter().map(|id| tables.chunks.get(id).cloned()).collect()))
    }

    async fn take_lease(&self, key: &Key, lease: &LeaseItem, over: Option<&str>) -> StoreResult<LeaseAttempt> {
        let mut tables = self.tables();
        let held = tables.leases.get(key.as_str()).filter(|held| over != Some(held.owner.as_str()));
        if let Some(held) = held {
            return Ok(Metered::free(LeaseAttempt::Held(held.clone())));
        }
        tables.leases.insert(key.as_str().to_owned(), lease.clone());
        Ok(Metered::free(LeaseAttempt::Taken))
    }

    async fn release_lease(&self, key: &Key, owner: &str) -> StoreResult<()> {
        let mut tables = self.tables();
        if tables.leases.get(key.as_str()).is_some_and(|held| held.owner == owner) {
            tables.leases.remove(key.as_str());
        }
        Ok(Metered::free(()))
    }

    async fn list(&self, data_type: &str, after: Option<&str>, limit: usize) -> StoreResult<Page> {
        let tables = self.tables();
        let mut entries: Vec<_> = tables
            .entries
            .values()
            .filter(|entry| entry.identity.data_type == data_type)
            .map(|entry| (position(entry), entry.listed()))
            .filter(|(position, _)| after.is_none_or(|after| position.as_str() > after))
            .collect();
        entries.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| more).map(|(position, _)| position.clone());
        Ok(Metered::free(Page { entries: entries.into_iter().map(|(_, entry)| entry).collect(), next }))
    }

    async fn delete(&self, keys: &[String]) -> StoreResult<u64> {
        let mut tables = self.tables();
        let mut deleted = 0;
        for entry in keys.iter().filter_map(|key| tables.entries.remove(key)).collect::<Vec<_>>() {
            deleted += 1;
            for chunk in entry.payload.chunks() {
                tables.chunks.remove(&chunk);
            }
        }
        Ok(Metered::free(deleted))
    }
}

/// Where an entry stands in a listing: by age, then by key.
fn position(entry: &StoredEntry) -> String {
    format!("{:020}#{}", entry.created_at, entry.key)
}
