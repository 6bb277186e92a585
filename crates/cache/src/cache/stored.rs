use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::Inner;
use crate::answer::Content;
use crate::codec::{self, Corrupt};
use crate::entry::Entry;
use crate::key::Key;
use crate::look::Look;
use crate::store::{ItemIdentity, ItemRead, Payload, StoreError, StoredEntry};

/// Why the value of a stored entry can't be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("a chunk of it is missing")]
    ChunkMissing,
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Inner {
    /// The entry that an item is, if it is whole, this key's, and of a good fence. Anything else is a miss, counted.
    pub(super) async fn understand(&self, key: &Key, item: ItemRead, look: &Look) -> Option<Arc<Entry>> {
        let events = &self.statistics.events;
        let stored = match item {
            ItemRead::Found(stored) => stored,
            ItemRead::Absent => return None,
            ItemRead::Malformed { .. } => {
                events.malformed.fetch_add(1, Relaxed);
                return None;
            }
        };
        if stored.identity != ItemIdentity::of(key) || stored.key != key.as_str() {
            events.foreign.fetch_add(1, Relaxed);
            tracing::error!(%key, found = stored.identity.text, "an entry says that it is another key's; not served");
            return None;
        }
        if !look.validates(key, stored.fence) {
            events.dead.fetch_add(1, Relaxed);
            return None;
        }
        match self.value_of(key, &stored).await {
            Ok(value) => Some(self.entry_of(key, &stored, value)),
            Err(unreadable) => {
                self.count_unreadable(key, &unreadable);
                None
            }
        }
    }

    /// An entry's value, put together and decompressed, if it is what the entry says.
    pub(super) async fn value_of(&self, key: &Key, stored: &StoredEntry) -> Result<Bytes, Unreadable> {
        let compressed = self.payload(key, stored).await?;
        Ok(codec::decode(&compressed, stored.size, &stored.etag, self.settings.largest_value)?)
    }

    async fn payload(&self, key: &Key, stored: &StoredEntry) -> Result<Bytes, Unreadable> {
        let digest = match &stored.payload {
            Payload::Inline(bytes) => return Ok(bytes.clone()),
            Payload::Chunked { digest, .. } => digest,
        };
        let ids = stored.payload.chunks();
        let chunks = self.store.ask(key.data_type(), |store| store.read_chunks(&ids)).await?;
        let chunks = chunks.into_iter().collect::<Option<Vec<_>>>().ok_or(Unreadable::ChunkMissing)?;
        let mut whole = BytesMut::with_capacity(chunks.iter().map(Bytes::len).sum());
        chunks.iter().for_each(|chunk| whole.extend_from_slice(chunk));
        codec::verify_chunks(key, digest, &whole)?;
        Ok(whole.freeze())
    }

    fn count_unreadable(&self, key: &Key, unreadable: &Unreadable) {
        let events = &self.statistics.events;
        match unreadable {
            // Whoever asks the store counts what it can't answer.
            Unreadable::Store(_) => {}
            Unreadable::ChunkMissing => {
                events.chunk_missing.fetch_add(1, Relaxed);
            }
            Unreadable::Corrupt(error) => {
                events.corrupt.fetch_add(1, Relaxed);
                tracing::warn!(%key, %error, "a stored value is corrupt; treated as a miss");
            }
        }
    }

    /// Its age is taken by this container's clock and never less than nothing; its lifetime is the writer's own
    /// difference, so that skew between containers can shorten a life but not lengthen it by more than itself. What is in
    /// memory already is as old as it is there: this container's clock may have been set back since.
    fn entry_of(&self, key: &Key, stored: &StoredEntry, value: Bytes) -> Arc<Entry> {
        let now = self.environment.now();
        let by_wall = Duration::from_millis(now.unix_millis().saturating_sub(stored.created_at));
        let known = self.memory.get(key);
        let known =
            known.filter(|known| known.content.created_at == stored.created_at && *known.content.etag == *stored.etag);
        let age_then = known.map_or(by_wall, |known| by_wall.max(known.age(now)));
        let lifetime = Duration::from_millis(stored.expires_at.saturating_sub(stored.created_at));
        Arc::new(Entry {
            key: key.clone(),
            content: Content { value, etag: stored.etag.as_str().into(), lifetime, created_at: stored.created_at },
            fence: Some(stored.fence),
            forced: stored.forced,
            warmed: stored.warmed,
            fetched: None,
            age_then,
            got: now,
            fresh_until: now.end_of(lifetime.saturating_sub(age_then)),
            counters: self.statistics.of(key.data_type()),
            used: AtomicBool::new(stored.used_at.is_some()),
            validated: AtomicU64::new(0),
        })
    }
}
