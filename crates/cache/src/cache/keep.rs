use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use super::held_lease::Tenure;
use super::load::EntryRead;
use super::{Inner, Request};
use crate::codec;
use crate::entry::Entry;
use crate::environment::millis;
use crate::memory::Memory;
use crate::store::{ItemIdentity, StoreError, StoredEntry};

/// How long past an entry's last usable moment the store keeps it.
const GRACE: Duration = Duration::from_secs(3_600);

/// An entry that is being written to the store.
struct KeptAfterwards<'a> {
    memory: &'a Memory,
    entry: &'a Arc<Entry>,
}

impl Drop for KeptAfterwards<'_> {
    fn drop(&mut self) {
        self.memory.keep(self.entry);
    }
}

impl Inner {
    /// Keeps a fetched entry in the store, then in memory; whether a later request may find it. In memory it is kept
    /// even if the write is given up half-way: upstream answered, and whoever ran out of time finds it there.
    pub(super) async fn keep(
        &self,
        request: &Request,
        entry: &Arc<Entry>,
        read: &EntryRead,
        lease: Option<&Tenure>,
    ) -> bool {
        if !self.is_keepable(entry) {
            return false;
        }
        let _kept = KeptAfterwards { memory: &self.memory, entry };
        let written = self.write(request, entry, read, lease).await;
        // Said once, and again only when one was written in between: a full disk fails them all.
        let failed_before = self.writes_fail.swap(written.is_err(), Relaxed);
        if let Err(error) = &written {
            self.statistics.events.write_failed.fetch_add(1, Relaxed);
            if failed_before {
                tracing::debug!(key = %request.key, %error, "an entry was not written to the store");
            } else {
                tracing::warn!(key = %request.key, %error, "entries can't be written to the store");
            }
        }
        // What is renewed is for other processes, to which this one's memory is nothing.
        entry.fence.is_some() && (written.is_ok() || request.renewal.is_none())
    }

    pub(super) fn is_keepable(&self, entry: &Entry) -> bool {
        let fits = entry.content.value.len() <= self.settings.largest_value;
        if !fits {
            self.statistics.events.too_large.fetch_add(1, Relaxed);
            tracing::warn!(key = %entry.key, bytes = entry.content.value.len(), "a value is too large to be kept");
        }
        fits
    }

    /// Chunks first, the entry that names them last: whoever reads it finds them, or finds one missing.
    async fn write(
        &self,
        request: &Request,
        entry: &Entry,
        read: &EntryRead,
        lease: Option<&Tenure>,
    ) -> Result<(), StoreError> {
        let Some(fence) = entry.fence else { return Ok(()) };
        // Whoever took the lease over fills the entry, and everyone can tell by it that no lease is held any more.
        if lease.is_some_and(|lease| lease.has_run_out(self.environment.now(), self.settings.lease.duration)) {
            self.statistics.events.superseded.fetch_add(1, Relaxed);
            return Ok(());
        }
        let (key, data_type) = (&entry.key, entry.key.data_type());
        let encoded = codec::encode(key, &entry.content.value, self.store.largest_inline())
            .map_err(|error| StoreError::Failed(error.to_string().into()))?;
        let usable = request.policy.stale_if_error.max(request.policy.stale_while_revalidate);
        let expires_at = entry.content.created_at.saturating_add(millis(entry.content.lifetime));
        let ttl = expires_at.saturating_add(millis(usable.saturating_add(GRACE))) / 1_000;
        if !encoded.chunks.is_empty() {
            self.store.ask(data_type, |store| store.write_chunks(&encoded.chunks, ttl)).await?;
        }
        let stored = StoredEntry {
            key: key.as_str().to_owned(),
            identity: ItemIdentity::of(key),
            created_at: entry.content.created_at,
            expires_at,
            used_at: None,
            ttl,
            fence,
            etag: entry.content.etag.to_string(),
            forced: entry.forced,
            warmed: entry.warmed,
            // Filled without one, it still tells which one is over.
            lease: lease.map(Tenure::owner).or_else(|| read.lease.clone()),
            size: entry.content.value.len() as u64,
            payload: encoded.payload,
        };
        if !self.store.ask(data_type, |store| store.write_entry(&stored)).await? {
            self.statistics.events.superseded.fetch_add(1, Relaxed);
        } else if let Some(lease) = lease {
            lease.filled_under(stored.lease);
        }
        Ok(())
    }

    /// Tells the store, some time, that an entry was served: what is warmed is what is used. Nothing relies on it.
    pub(super) fn mark_used_soon(self: &Arc<Self>, entry: &Arc<Entry>) {
        let (inner, entry) = (self.clone(), entry.clone());
        self.environment.spawn(Box::pin(async move {
            let used_at = inner.environment.now().unix_millis();
            let mark = inner
                .store
                .ask(entry.key.data_type(), |store| store.mark_used(&entry.key, entry.content.created_at, used_at));
            if let Err(error) = mark.await {
                tracing::debug!(key = %entry.key, %error, "an entry's use was not noted");
            }
        }));
    }
}
