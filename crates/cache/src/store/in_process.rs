use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use super::{
    ChunkId, Claim, ItemRead, LeaseAttempt, LeaseItem, Listed, Metered, Page, Position, Snapshot, Store, StoreResult,
    StoredEntry, may_replace,
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
    chunks: HashMap<ChunkId, (Bytes, u64)>,
    leases: HashMap<String, LeaseItem>,
    /// Until when nothing is past its `ttl`, in Unix seconds.
    whole_until: u64,
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

impl Tables {
    /// Removes what nothing will use any more. The new entry's own time is the clock.
    fn forget(&mut self, now: u64) {
        if now <= self.whole_until {
            return;
        }
        self.entries.retain(|_, entry| entry.ttl >= now);
        self.chunks.retain(|_, (_, ttl)| *ttl >= now);
        self.leases.retain(|_, lease| lease.ttl >= now);
        let entries = self.entries.values().map(|entry| entry.ttl);
        let chunks = self.chunks.values().map(|(_, ttl)| *ttl);
        let ends = entries.chain(chunks).chain(self.leases.values().map(|lease| lease.ttl));
        self.whole_until = ends.min().unwrap_or(u64::MAX);
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
        tables.whole_until = tables.whole_until.min(entry.ttl);
        tables.forget(entry.created_at / 1_000);
        Ok(Metered::free(true))
    }

    async fn mark_used(&self, key: &Key, created_at: u64, used_at: u64) -> StoreResult<()> {
        let mut tables = self.tables();
        if let Some(entry) = tables.entries.get_mut(key.as_str()).filter(|entry| entry.created_at == created_at) {
            Arc::make_mut(entry).used_at.get_or_insert(used_at);
        }
        Ok(Metered::free(()))
    }

    async fn write_chunks(&self, chunks: &[(ChunkId, Bytes)], ttl: u64) -> StoreResult<()> {
        let mut tables = self.tables();
        tables.chunks.extend(chunks.iter().map(|(id, bytes)| (id.clone(), (bytes.clone(), ttl))));
        tables.whole_until = tables.whole_until.min(ttl);
        Ok(Metered::free(()))
    }

    async fn read_chunks(&self, ids: &[ChunkId]) -> StoreResult<Vec<Option<Bytes>>> {
        let tables = self.tables();
        Ok(Metered::free(ids.iter().map(|id| tables.chunks.get(id).map(|(bytes, _)| bytes.clone())).collect()))
    }

    async fn take_lease(&self, key: &Key, lease: &LeaseItem, claim: &Claim) -> StoreResult<LeaseAttempt> {
        let mut tables = self.tables();
        let held = tables.leases.get(key.as_str()).filter(|held| match claim {
            Claim::New => true,
            Claim::TakeOver(owner) => held.owner != *owner,
            Claim::Renewal(owner) => held.owner != *owner || held.ended,
        });
        if let Some(held) = held {
            return Ok(Metered::free(LeaseAttempt::Held(held.clone())));
        }
        tables.leases.insert(key.as_str().to_owned(), lease.clone());
        tables.whole_until = tables.whole_until.min(lease.ttl);
        Ok(Metered::free(LeaseAttempt::Taken))
    }

    async fn release_lease(&self, key: &Key, owner: &str) -> StoreResult<()> {
        let mut tables = self.tables();
        if let Some(held) = tables.leases.get_mut(key.as_str()).filter(|held| held.owner == owner) {
            held.ended = true;
        }
        Ok(Metered::free(()))
    }

    async fn list(&self, data_type: &str, after: Option<&Position>, limit: usize) -> StoreResult<Page> {
        let tables = self.tables();
        let of_type = tables.entries.values().filter(|entry| entry.identity.data_type == data_type);
        let mut entries: Vec<Listed> = of_type
            .map(|entry| entry.listed())
            .filter(|entry| after.is_none_or(|after| entry.position() > *after))
            .collect();
        entries.sort_by_cached_key(Listed::position);
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| more).map(Listed::position);
        Ok(Metered::free(Page { entries, next }))
    }

    async fn delete(&self, keys: &[String], resource: Option<&str>) -> StoreResult<u64> {
        let mut tables = self.tables();
        let mut deleted = 0;
        for key in keys {
            let Some(entry) = tables.entries.get(key).cloned() else { continue };
            let another = entry.identity.resource.as_deref().zip(resource).is_some_and(|(has, asked)| has != asked);
            if another {
                continue;
            }
            deleted += 1;
            tables.entries.remove(key);
            if tables.leases.get(key).is_some_and(|lease| Some(&lease.owner) == entry.lease.as_ref()) {
                tables.leases.remove(key);
            }
            for chunk in entry.payload.chunks() {
                tables.chunks.remove(&chunk);
            }
        }
        Ok(Metered::free(deleted))
    }
}
