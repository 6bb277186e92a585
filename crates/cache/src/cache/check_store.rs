use bytes::Bytes;

use super::Cache;
use crate::epoch::{EPOCH, Fence, Incarnation};
use crate::key::Key;
use crate::store::{Claim, ItemIdentity, LeaseAttempt, LeaseItem, Payload, Store, StoreError, StoredEntry};

impl Cache {
    /// Asks the store for each kind of thing that a cache asks of it, and gives what failed: a store that can't be read
    /// is asked for nothing more. `key` is one that nothing is kept under; its lease is taken and given back, and an entry of
    /// one chunk is written and purged. Nothing stays behind but an epoch item where there was none, as after any first
    /// question, and what may be written but not deleted, for an hour.
    pub async fn check_store(&self, key: &Key) -> Vec<StoreError> {
        match self.check_reads(key).await {
            Ok(()) => self.check_writes_and_listing(key).await,
            Err(error) => vec![error],
        }
    }

    async fn check_reads(&self, key: &Key) -> Result<(), StoreError> {
        if self.0.store.ask(EPOCH, Store::read_epoch).await?.is_none() {
            self.0.create_epoch().await?;
        }
        self.0.store.ask(key.data_type(), |store| store.read(key)).await?;
        Ok(())
    }

    /// Each may be denied for itself.
    async fn check_writes_and_listing(&self, key: &Key) -> Vec<StoreError> {
        let (store, lease) = (&self.0.store, self.0.lease_item());
        let data_type = key.data_type();
        let taken = store.ask(data_type, |store| store.take_lease(key, &lease, &Claim::New)).await;
        let given_back = match &taken {
            Ok(LeaseAttempt::Taken) => store.ask(data_type, |store| store.release_lease(key, &lease.owner)).await,
            Ok(LeaseAttempt::Held(_)) | Err(_) => Ok(()),
        };
        let purged = self.check_chunks_and_purge(key, &lease).await;
        let marked = store.ask(data_type, |store| store.mark_used(key, 0, 0)).await;
        let listed = store.ask_aside(data_type, |store| store.list(data_type, None, 1)).await;
        [taken.err(), given_back.err(), purged.err(), marked.err(), listed.err()].into_iter().flatten().collect()
    }

    /// What large answers and purges need besides. The entry is that of nobody's fence: no reader would use it. The purge
    /// takes the lease away too.
    async fn check_chunks_and_purge(&self, key: &Key, lease: &LeaseItem) -> Result<(), StoreError> {
        let (store, data_type) = (&self.0.store, key.data_type());
        let payload = Payload::Chunked { digest: "0".repeat(64), count: 1 };
        let chunks: Vec<_> = payload.chunks().into_iter().map(|id| (id, Bytes::from_static(b"check"))).collect();
        store.ask(data_type, |store| store.write_chunks(&chunks, lease.ttl)).await?;
        let now = self.0.environment.now().unix_millis();
        let entry = StoredEntry {
            key: key.as_str().to_owned(),
            identity: ItemIdentity::of(key),
            created_at: now,
            expires_at: now,
            used_at: None,
            ttl: lease.ttl,
            fence: Fence { incarnation: Incarnation::new(0, 0), counter: 0 },
            etag: "0".repeat(32),
            forced: false,
            warmed: false,
            lease: Some(lease.owner.clone()),
            size: 0,
            payload,
        };
        store.ask(data_type, |store| store.write_entry(&entry)).await?;
        store.ask(data_type, |store| store.delete(std::slice::from_ref(&entry.key), None)).await?;
        Ok(())
    }
}
