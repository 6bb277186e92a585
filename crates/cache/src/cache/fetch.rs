use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::held_lease::Tenure;
use super::load::{EntryRead, Landed};
use super::{Inner, Request};
use crate::answer::{Content, Failure, Forward, Origin};
use crate::codec;
use crate::entry::Entry;
use crate::environment::{millis, share, within};
use crate::key::Key;
use crate::look::{Look, Start};
use crate::memory::{Memory, NotedFailure};
use crate::policy::Policy;
use crate::statistics::{Layer, Outcome};
use crate::store::{ItemIdentity, StoreError, StoredEntry};

/// How long past an entry's last usable moment the store keeps it.
const GRACE: Duration = Duration::from_secs(3_600);

/// A fetch that a request's `Cache-Control` forced. Noted when it ends, or is dropped: who asks for the same meanwhile
/// joins it, and who asks soon after gets what is there.
struct Forced<'a> {
    memory: &'a Memory,
    key: &'a Key,
    began: Start,
}

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

impl Drop for Forced<'_> {
    fn drop(&mut self) {
        self.memory.note_forced(self.key, self.began);
    }
}

impl Inner {
    /// Step 4: one fetch under the fence of what was read, kept in the store, then in memory; `lease` is the one that is held
    /// meanwhile, if one is.
    pub(super) async fn fetch_and_keep(
        &self,
        request: &Request,
        read: &EntryRead,
        why: Forward,
        lease: Option<&Tenure>,
    ) -> Landed {
        let began = self.looks.start(&*self.environment);
        match self.fetch(request, Some(&read.look), why, began).await {
            Ok(entry) => {
                let stored = self.keep(request, &entry, read, lease).await;
                Landed::Entry { entry, origin: Origin::Upstream { why, collapsed: false, stored } }
            }
            Err(failure) => Landed::Failed { failure, began },
        }
    }

    /// Step 7: straight upstream, with a cap on how many at once. The value carries the last look's epoch as its
    /// fence, however old that look is: a fence may be too old, never too new. Without one it is kept nowhere.
    pub(super) async fn fetch_past_store(&self, request: &Request) -> Landed {
        let (why, asked) = (Forward::Bypass, self.looks.start(&*self.environment));
        let place = within(&*self.environment, self.settings.bypass_wait, self.bypass.acquire()).await;
        let Some(Ok(_place)) = place else {
            self.statistics.events.overloaded.fetch_add(1, Relaxed);
            let failure = Failure::Overloaded(self.settings.bypass_concurrency);
            return Landed::Failed { failure, began: asked };
        };
        self.statistics.events.bypassed.fetch_add(1, Relaxed);
        let (look, began) = (self.looks.newest(), self.looks.start(&*self.environment));
        match self.fetch(request, look.as_ref(), why, began).await {
            Ok(entry) => {
                if self.is_keepable(&entry) {
                    self.memory.keep(&entry);
                }
                Landed::Entry { entry, origin: Origin::Upstream { why, collapsed: false, stored: false } }
            }
            Err(failure) => Landed::Failed { failure, began },
        }
    }

    async fn fetch(
        &self,
        request: &Request,
        look: Option<&Arc<Look>>,
        why: Forward,
        began: Start,
    ) -> Result<Arc<Entry>, Failure> {
        let forced = (why == Forward::Request).then(|| Forced { memory: &self.memory, key: &request.key, began });
        let fetched = request.upstream.fetch().await;
        drop(forced);
        let now = self.environment.now();
        let statistics = self.statistics.of(request.key.data_type());
        let fence = look.map(|look| look.epoch.fence());
        match fetched {
            Ok(value) => {
                statistics.count(Layer::Upstream, Outcome::Hit, value.len(), now.since(began.at));
                self.memory.forget_failure(&request.key);
                let (age_then, lifetime) = (now.since(began.at), self.jittered(&request.policy));
                let entry = Arc::new(Entry {
                    key: request.key.clone(),
                    content: Content { etag: codec::etag(&value), value, lifetime },
                    fence,
                    forced: why == Forward::Request,
                    created_at: began.at.unix_millis(),
                    fetched: Some(began),
                    age_then,
                    got: now,
                    fresh_until: now.end_of(lifetime.saturating_sub(age_then)),
                    counters: statistics,
                    used: AtomicBool::new(false),
                    validated: AtomicU64::new(0),
                });
                // A request that fetches twice has the first for an answer, which serves it as well.
                let _ = request.fetched.set((entry.clone(), why));
                Ok(entry)
            }
            Err(error) => {
                statistics.count(Layer::Upstream, Outcome::Error, 0, now.since(began.at));
                self.memory.note_failure(&request.key, NotedFailure { error: error.clone(), fence, at: now });
                Err(Failure::Upstream(error))
            }
        }
    }

    /// Keeps a fetched entry in the store, then in memory; whether a later request may find it. In memory it is kept
    /// even if the write is given up half-way: upstream answered, and whoever ran out of time finds it there.
    async fn keep(&self, request: &Request, entry: &Arc<Entry>, read: &EntryRead, lease: Option<&Tenure>) -> bool {
        if !self.is_keepable(entry) {
            return false;
        }
        let _kept = KeptAfterwards { memory: &self.memory, entry };
        let written = self.write(request, entry, read, lease).await;
        // Said once, and again only when one was written in between: a full disk fails them all.
        let failed_before = self.writes_fail.swap(written.is_err(), Relaxed);
        if let Err(error) = written {
            self.statistics.events.write_failed.fetch_add(1, Relaxed);
            if failed_before {
                tracing::debug!(key = %request.key, %error, "an entry was not written to the store");
            } else {
                tracing::warn!(key = %request.key, %error, "entries can't be written to the store");
            }
        }
        entry.fence.is_some()
    }

    fn is_keepable(&self, entry: &Entry) -> bool {
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
        let expires_at = entry.created_at.saturating_add(millis(entry.content.lifetime));
        let ttl = expires_at.saturating_add(millis(usable.saturating_add(GRACE))) / 1_000;
        if !encoded.chunks.is_empty() {
            self.store.ask(data_type, |store| store.write_chunks(&encoded.chunks, ttl)).await?;
        }
        let stored = StoredEntry {
            key: key.as_str().to_owned(),
            identity: ItemIdentity::of(key),
            created_at: entry.created_at,
            expires_at,
            used_at: None,
            ttl,
            fence,
            etag: entry.content.etag.to_string(),
            forced: entry.forced,
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

    /// The policy's TTL, shortened at random by at most the jitter's share.
    fn jittered(&self, policy: &Policy) -> Duration {
        let jitter = policy.ttl.mul_f64(self.settings.ttl_jitter * share(&*self.environment));
        policy.ttl.saturating_sub(jitter)
    }

    /// Tells the store, some time, that an entry was served: what is warmed is what is used. Nothing relies on it.
    pub(super) fn mark_used_soon(self: &Arc<Self>, entry: &Arc<Entry>) {
        let (inner, entry) = (self.clone(), entry.clone());
        self.environment.spawn(Box::pin(async move {
            let used_at = inner.environment.now().unix_millis();
            let mark =
                inner.store.ask(entry.key.data_type(), |store| store.mark_used(&entry.key, entry.created_at, used_at));
            if let Err(error) = mark.await {
                tracing::debug!(key = %entry.key, %error, "an entry's use was not noted");
            }
        }));
    }
}
