use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::{Inner, Request};
use crate::answer::{Answer, Failure, Forward, Freshness, Origin};
use crate::entry::{Entry, Usability};
use crate::epoch::{EPOCH, Incarnation};
use crate::look::{Look, Start};
use crate::policy::FetchOncePer;
use crate::statistics::{Layer, Outcome};
use crate::store::{Store, StoreError};
use crate::upstream::FailureClass;

/// What a flight brought to everyone who shares it.
#[derive(Clone)]
pub(crate) enum Landed {
    Entry {
        entry: Arc<Entry>,
        origin: Origin,
    },
    /// By a fetch that began then, or noted of an earlier one and found to count by a look sent then.
    Failed {
        failure: Failure,
        began: Start,
    },
}

/// What one batch of the epoch and the entry told.
pub(super) struct EntryRead {
    pub(super) look: Arc<Look>,
    /// What is usable, fence and age considered.
    pub(super) entry: Option<Arc<Entry>>,
    /// The owner of a lease that is over, as the entry tells, usable or not.
    pub(super) lease: Option<String>,
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
        let Ok(read) = read else { return self.fetch_past_store(request).await };
        if let Some(landed) = self.landed_without_fetch(request, &read, purpose) {
            return landed;
        }
        self.count(request, Layer::Store, Outcome::Miss, 0);
        let why = match &read.entry {
            Some(entry) if why == Forward::Miss && purpose == Purpose::Answer => {
                if self.is_stale(request, entry) {
                    Forward::Stale
                } else {
                    Forward::Request
                }
            }
            _ => why,
        };
        self.fetch_once(request, read, why, purpose).await
    }

    /// Steps 4 and 5, unless a fetch has just failed: once per fleet or per process, as policy has it.
    pub(super) async fn fetch_once(
        self: &Arc<Self>,
        request: &Request,
        read: EntryRead,
        why: Forward,
        purpose: Purpose,
    ) -> Landed {
        if let Some(failure) = self.noted_failure(request, &read.look) {
            return Landed::Failed { failure, began: read.look.sent };
        }
        match request.policy.fetch_once_per {
            FetchOncePer::Process => self.fetch_and_keep(request, &read, why, None).await,
            FetchOncePer::Fleet => self.fetch_leased(request, read, why, purpose).await,
        }
    }

    /// What the store has for a request that allows no fetch.
    pub(super) async fn only_stored(self: &Arc<Self>, request: &Request) -> Result<Answer, Failure> {
        let Ok(EntryRead { entry: Some(entry), .. }) = self.read_entry(request).await else {
            return Err(Failure::NotCached);
        };
        if !self.will_do_for(request, &entry, Purpose::Answer) {
            return Err(Failure::NotCached);
        }
        if self.is_stale(request, &entry) {
            return Ok(self.serve_as(request, &entry, Origin::Store, Freshness::StaleWhileRevalidate));
        }
        Ok(self.serve(request, &entry, Origin::Store))
    }

    /// Step 3: one batch of the epoch and the entry. The entry's fence is good by the look beside it.
    pub(super) async fn read_entry(&self, request: &Request) -> Result<EntryRead, StoreError> {
        let key = &request.key;
        let sent = self.looks.start(&*self.environment);
        let read = self.store.ask(key.data_type(), |store| store.read(key)).await;
        let snapshot = read.inspect_err(|_| self.count(request, Layer::Store, Outcome::Error, 0))?;
        let look = match snapshot.epoch {
            Some(epoch) => self.looks.keep(epoch, sent),
            None => self.create_epoch().await?,
        };
        let lease = snapshot.entry.lease().map(ToOwned::to_owned);
        let entry = self.understand(key, snapshot.entry, &look).await;
        let entry =
            entry.filter(|entry| entry.usability(&request.policy, self.environment.now()) != Usability::Expired);
        if let Some(entry) = &entry {
            self.memory.keep(entry);
        }
        Ok(EntryRead { look, entry, lease })
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
    pub(super) fn landed_without_fetch(&self, request: &Request, read: &EntryRead, purpose: Purpose) -> Option<Landed> {
        if let Some(entry) = read.entry.as_ref().filter(|entry| self.will_do_for(request, entry, purpose)) {
            return Some(Landed::Entry { entry: entry.clone(), origin: Origin::Store });
        }
        let entry = self.memory.get(&request.key)?;
        let usable = entry.is_good(&read.look) && self.will_do_for(request, &entry, purpose);
        usable.then_some(Landed::Entry { entry, origin: Origin::Memory })
    }

    /// A failure that is remembered, if nothing was invalidated since.
    fn noted_failure(&self, request: &Request, look: &Look) -> Option<Failure> {
        let noted = self.memory.failure(&request.key, self.environment.now(), self.settings.negative_ttl)?;
        let validated = noted.fence.is_some_and(|fence| look.validates(&request.key, fence));
        let counts = noted.error.class != FailureClass::Denied && validated;
        counts.then(|| Failure::Upstream(noted.error.clone()))
    }
}
