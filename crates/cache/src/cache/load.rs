use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::{Inner, Request};
use crate::answer::{Answer, Failure, Forward, Freshness, Origin};
use crate::codec;
use crate::entry::{Entry, NewEntry, Usability};
use crate::epoch::Incarnation;
use crate::key::Key;
use crate::look::Look;
use crate::policy::FetchOncePer;
use crate::statistics::{Layer, Outcome};
use crate::store::{ItemIdentity, ItemRead, Payload, Store, StoreError, StoredEntry};
use crate::upstream::FailureClass;

/// What a flight brought to everyone who shares it.
#[derive(Clone)]
pub(crate) enum Landed {
    Entry { entry: Arc<Entry>, origin: Origin },
    Failed(Failure),
}

/// What a flight is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To answer: an entry that is usable while it is refreshed will do.
    Answer,
    /// To refresh such an entry.
    Refresh,
}

/// Whether the store is on the way upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    ThroughStore,
    /// This request has just found it out of reach.
    PastStore,
}

impl Inner {
    /// Steps 3 to 5 and 7, by the one request that leads the flight.
    pub(super) async fn load(self: &Arc<Self>, request: &Request, why: Forward, way: Way, purpose: Purpose) -> Landed {
        let read = match way {
            Way::ThroughStore => self.read_entry(request).await,
            Way::PastStore => Err(StoreError::Open),
        };
        let Ok((look, stored)) = read else { return self.fetch_past_store(request).await };
        if let Some(landed) = self.landed_without_fetch(request, &look, stored.clone(), purpose) {
            return landed;
        }
        self.count(request, Layer::Store, Outcome::Miss, 0);
        let why = match &stored {
            Some(_) if why == Forward::Miss && purpose == Purpose::Answer => self.why_not(request, stored.as_ref()),
            _ => why,
        };
        if let Some(failure) = self.noted_failure(request, &look) {
            return Landed::Failed(failure);
        }
        match request.policy.fetch_once_per {
            FetchOncePer::Process => self.fetch_and_keep(request, &look, why).await,
            FetchOncePer::Fleet => self.fetch_leased(request, look, why, purpose).await,
        }
    }

    /// What the store has for a request that allows no fetch.
    pub(super) async fn only_stored(self: &Arc<Self>, request: &Request) -> Result<Answer, Failure> {
        let Ok((_, Some(entry))) = self.read_entry(request).await else { return Err(Failure::NotCached) };
        if !self.takes(request, &entry, Purpose::Answer) {
            return Err(Failure::NotCached);
        }
        if self.is_stale(request, &entry) {
            return Ok(self.serve_as(request, &entry, Origin::Store, Freshness::StaleWhileRevalidate));
        }
        Ok(self.serve(request, &entry, Origin::Store))
    }

    /// Step 3: one batch of the epoch and the entry. The entry's fence is good by the look beside it.
    pub(super) async fn read_entry(&self, request: &Request) -> Result<(Arc<Look>, Option<Arc<Entry>>), StoreError> {
        let key = &request.key;
        let sent = self.looks.start(&*self.environment);
        let read = self.store.ask(key.data_type(), |store| store.read(key)).await;
        let snapshot = read.inspect_err(|_| self.count(request, Layer::Store, Outcome::Error, 0))?;
        let look = match snapshot.epoch {
            Some(epoch) => self.looks.keep(epoch, sent),
            None => self.create_epoch().await?,
        };
        let entry = self.understand(key, snapshot.entry, &look).await;
        let entry =
            entry.filter(|entry| entry.usability(&request.policy, self.environment.now()) != Usability::Expired);
        if let Some(entry) = &entry {
            self.memory.keep(entry);
        }
        Ok((look, entry))
    }

    /// The epoch alone, as a look dated at the sending of its read.
    pub(super) async fn read_epoch(&self) -> Result<Arc<Look>, StoreError> {
        let sent = self.looks.start(&*self.environment);
        match self.store.ask(EPOCH, Store::read_epoch).await? {
            Some(epoch) => Ok(self.looks.keep(epoch, sent)),
            None => self.create_epoch().await,
        }
    }

    /// Makes an epoch item where there is none, under a new random incarnation: everything stored is dead by it.
    pub(super) async fn create_epoch(&self) -> Result<Arc<Look>, StoreError> {
        let incarnation = Incarnation::new(self.environment.random(), self.environment.random());
        let sent = self.looks.start(&*self.environment);
        let epoch = self.store.insist(EPOCH, |store| store.create_epoch(incarnation)).await?;
        if epoch.incarnation == incarnation {
            self.statistics.events.epoch_created.fetch_add(1, Relaxed);
            tracing::info!(%incarnation, "the store had no epoch item, so one was made; entries of an earlier one are dead");
        }
        Ok(self.looks.keep(epoch, sent))
    }

    /// What this request wants, from the store or, filled since it was last looked at, from memory.
    pub(super) fn landed_without_fetch(
        &self,
        request: &Request,
        look: &Look,
        stored: Option<Arc<Entry>>,
        purpose: Purpose,
    ) -> Option<Landed> {
        if let Some(entry) = stored.filter(|entry| self.takes(request, entry, purpose)) {
            return Some(Landed::Entry { entry, origin: Origin::Store });
        }
        let entry = self.memory.get(&request.key)?;
        let usable = entry.is_good(look) && self.takes(request, &entry, purpose);
        usable.then_some(Landed::Entry { entry, origin: Origin::Memory })
    }

    fn why_not(&self, request: &Request, entry: Option<&Arc<Entry>>) -> Forward {
        let fresh = entry.is_some_and(|entry| !self.is_stale(request, entry));
        if fresh { Forward::Request } else { Forward::Stale }
    }

    /// A failure that is remembered, if nothing was invalidated since.
    fn noted_failure(&self, request: &Request, look: &Look) -> Option<Failure> {
        let noted = self.memory.failure(&request.key, self.environment.now(), self.settings.negative_ttl)?;
        let counts = noted.error.class != FailureClass::Denied && look.validates(&request.key, noted.fence);
        counts.then(|| Failure::Upstream(noted.error.clone()))
    }

    /// The entry that an item is, if it is whole, this key's, and of a good fence. Anything else is a miss, counted.
    async fn understand(&self, key: &Key, item: ItemRead, look: &Look) -> Option<Arc<Entry>> {
        let events = &self.statistics.events;
        let stored = match item {
            ItemRead::Found(stored) => stored,
            ItemRead::Absent => return None,
            ItemRead::Malformed => {
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
        let compressed = self.payload(key, &stored).await?;
        match codec::decode(&compressed, stored.size, &stored.etag, self.settings.largest_value) {
            Ok(value) => Some(self.entry_of(key, &stored, value)),
            Err(error) => {
                events.corrupt.fetch_add(1, Relaxed);
                tracing::warn!(%key, %error, "a stored value is corrupt; treated as a miss");
                None
            }
        }
    }

    async fn payload(&self, key: &Key, stored: &StoredEntry) -> Option<Bytes> {
        let events = &self.statistics.events;
        let digest = match &stored.payload {
            Payload::Inline(bytes) => return Some(bytes.clone()),
            Payload::Chunked { digest, .. } => digest,
        };
        let ids = stored.payload.chunks();
        let chunks = self.store.ask(key.data_type(), |store| store.read_chunks(&ids)).await.ok()?;
        let Some(chunks) = chunks.into_iter().collect::<Option<Vec<_>>>() else {
            events.chunk_missing.fetch_add(1, Relaxed);
            return None;
        };
        let mut whole = BytesMut::with_capacity(chunks.iter().map(Bytes::len).sum());
        chunks.iter().for_each(|chunk| whole.extend_from_slice(chunk));
        if codec::verify_chunks(key, digest, &whole).is_err() {
            events.corrupt.fetch_add(1, Relaxed);
            return None;
        }
        Some(whole.freeze())
    }

    /// Its age is taken by this container's clock and never less than nothing; its lifetime is the writer's own
    /// difference, so that skew between containers can shorten a life but not lengthen it by more than itself.
    fn entry_of(&self, key: &Key, stored: &StoredEntry, value: Bytes) -> Arc<Entry> {
        let now = self.environment.now();
        NewEntry {
            key: key.clone(),
            value,
            etag: stored.etag.as_str().into(),
            fence: Some(stored.fence),
            lifetime: Duration::from_millis(stored.expires_at.saturating_sub(stored.created_at)),
            forced: stored.forced,
            created_at: stored.created_at,
            fetched: None,
            age: Duration::from_millis(now.unix_millis().saturating_sub(stored.created_at)),
            used: stored.used_at.is_some(),
            counters: self.statistics.of(key.data_type()),
        }
        .got(now)
    }
}

/// Whose capacity units reads and writes of the epoch item are.
pub(super) const EPOCH: &str = "#epoch";
