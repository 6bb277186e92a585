use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::held_lease::Tenure;
use super::load::{EntryRead, Landed};
use super::{Inner, Request};
use crate::answer::{Content, Failure, Forward, Origin};
use crate::codec;
use crate::entry::Entry;
use crate::environment::{share, within};
use crate::key::Key;
use crate::look::{Look, Start};
use crate::memory::{Memory, NotedFailure};
use crate::policy::Policy;
use crate::statistics::{Layer, Outcome};

/// A fetch that a request's `Cache-Control` forced. Noted when it ends, or is dropped: who asks for the same meanwhile
/// joins it, and who asks soon after gets what is there.
struct Forced<'a> {
    memory: &'a Memory,
    key: &'a Key,
    began: Start,
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
                    content: Content { etag: codec::etag(&value), value, lifetime, created_at: began.at.unix_millis() },
                    fence,
                    forced: why == Forward::Request,
                    warmed: request.renewal.is_some(),
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

    /// The policy's TTL, shortened at random by at most the jitter's share.
    fn jittered(&self, policy: &Policy) -> Duration {
        let jitter = policy.ttl.mul_f64(self.settings.ttl_jitter * share(&*self.environment));
        policy.ttl.saturating_sub(jitter)
    }
}
