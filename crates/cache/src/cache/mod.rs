//! [Reading](crate#reading), whose steps the comments here count, and [invalidating](crate#invalidating).

mod check_store;
mod fetch;
mod held_lease;
mod inspect;
mod invalidate;
mod keep;
mod lease;
mod load;
mod recall;
mod refresh;
mod releases;
mod renew;
mod request;
mod stored;
mod waiting;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use futures::future::{Either, select};
use tokio::sync::Semaphore;

use crate::answer::{Answer, Failure, Forward, Freshness, Origin};
use crate::entry::{Entry, Usability};
use crate::environment::{Environment, within};
use crate::epoch::{EPOCH, Epoch};
use crate::flight::{Flights, Joiner, Role};
use crate::guarded::{GuardedStore, StoreHealth};
use crate::key::Key;
use crate::look::{Look, Looks};
use crate::memory::Memory;
use crate::policy::{Directives, Policy, Settings};
use crate::statistics::{Ending, Layer, Outcome, Report, Statistics};
use crate::store::{Page, Position, Store, StoreError};
use crate::upstream::Upstream;

use load::{Landed, Purpose, Way};
use recall::Recall;
use releases::Releases;
use request::{Request, fetched_for};

/// The layered cache: memory, then the store, then upstream. Cloning shares it.
#[derive(Clone)]
pub struct Cache(Arc<Inner>);

pub(crate) struct Inner {
    environment: Arc<dyn Environment>,
    settings: Settings,
    memory: Memory,
    store: GuardedStore,
    looks: Looks,
    look_reads: Flights<(), Result<Arc<Look>, StoreError>>,
    fetches: Flights<Key, Landed>,
    bypass: Semaphore,
    releases: Releases,
    /// Whether the last entry that was to be written to the store could not be.
    writes_fail: AtomicBool,
    statistics: Arc<Statistics>,
}

impl Cache {
    /// A cache in front of `store`. Without one nothing is cached, since no look at the epoch can be had: every
    /// request goes upstream, as many at once as [`Settings::bypass_concurrency`] allows.
    #[must_use]
    pub fn new(environment: Arc<dyn Environment>, store: Option<Arc<dyn Store>>, settings: Settings) -> Self {
        let statistics = Arc::new(Statistics::default());
        let settings = settings.within_bounds();
        Self(Arc::new(Inner {
            memory: Memory::new(settings.memory_bytes),
            store: GuardedStore::new(environment.clone(), store, &settings, statistics.clone()),
            looks: Looks::new(settings.coherence_window),
            look_reads: Flights::new(),
            fetches: Flights::new(),
            bypass: Semaphore::new(settings.bypass_concurrency.min(Semaphore::MAX_PERMITS)),
            releases: Releases::default(),
            writes_fail: AtomicBool::new(false),
            statistics,
            environment,
            settings,
        }))
    }

    /// The value of `key`: from memory, the store or `upstream`, in this order.
    ///
    /// # Errors
    /// [`Failure`] when upstream failed and nothing usable was cached, when time ran out, or when the request's
    /// directives allow no answer. A store that fails is no reason.
    pub async fn get(
        &self,
        key: &Key,
        policy: &Policy,
        directives: &Directives,
        upstream: &Arc<dyn Upstream>,
    ) -> Result<Answer, Failure> {
        if let Some((entry, age)) = self.0.hit(key, directives) {
            return Ok(Answer::held_by(entry, age, Origin::Memory, Freshness::Fresh));
        }
        let start = self.0.looks.start(&*self.0.environment);
        let (key, upstream, fetched) = (key.clone(), upstream.clone(), Arc::default());
        let (policy, directives) = (*policy, *directives);
        let request = Request { key, policy, directives, start, upstream, renewal: None, fetched };
        // Boxed, so that a hit does not carry the room that the other steps need.
        let answering = Box::pin(self.0.answer(&request));
        let answer = within(&*self.0.environment, directives.deadline, answering).await;
        let answer = answer.unwrap_or_else(|| {
            let look = self.0.looks.usable_by(&request.start);
            self.0.fall_back(&request, look.as_deref(), Failure::Deadline(directives.deadline))
        });
        self.0.note_ended(&request, &answer);
        answer
    }

    /// Stored entries of a data type, oldest first, after a position. Lags behind writes by what the store's index
    /// lags.
    ///
    /// # Errors
    /// The store's.
    pub async fn entries(&self, data_type: &str, after: Option<&Position>, limit: usize) -> Result<Page, StoreError> {
        self.0.store.ask_aside(data_type, |store| store.list(data_type, after, limit)).await
    }

    /// The epoch item as it is now, if there is one: what tells of listed entries whether they are dead.
    ///
    /// # Errors
    /// The store's.
    pub async fn epoch(&self) -> Result<Option<Epoch>, StoreError> {
        self.0.store.ask_aside(EPOCH, Store::read_epoch).await
    }

    /// Gives back the leases of requests that were dropped, for a process that ends before a task would have: else others
    /// wait until they run out.
    pub async fn give_back_leases(&self) {
        self.0.release_dropped().await;
    }

    /// What this process counted since it began.
    #[must_use]
    pub fn statistics(&self) -> Report {
        self.0.statistics.report()
    }

    /// How the store is, as far as this process knows without asking it.
    #[must_use]
    pub fn store_health(&self) -> StoreHealth {
        self.0.store.health()
    }

    /// What the memory layer holds, in bytes.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        self.0.memory.bytes()
    }

    /// How many entries the memory layer holds.
    #[must_use]
    pub fn memory_entries(&self) -> usize {
        self.0.memory.entries()
    }
}

impl Inner {
    /// Steps 2 to 7, for a request that is no plain memory hit.
    async fn answer(self: &Arc<Self>, request: &Request) -> Result<Answer, Failure> {
        loop {
            let (why, way) = match self.recall(request).await {
                Recall::Answer(answer) => return Ok(answer),
                Recall::Stale(entry) => return self.revalidate(request, &entry, Origin::Memory).await,
                Recall::Nothing(Forward::Bypass) => (Forward::Bypass, Way::PastStore),
                Recall::Nothing(why) => (why, Way::ThroughStore),
            };
            if request.directives.only_if_cached {
                return self.only_stored(request).await;
            }
            match self.fetches.lead_or_join(&request.key) {
                Role::Lead(leader) => {
                    let landed = self.load(request, why, way, Purpose::Answer).await;
                    leader.land(landed.clone());
                    if let Some(answer) = self.take_own(request, landed).await {
                        return answer;
                    }
                }
                Role::Join(joiner) => {
                    self.statistics.events.collapsed.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    // A joiner whose leader was dropped starts again, and so does one that can't take what came.
                    if let Some(landed) = self.wait_looking(request, joiner).await
                        && let Some(answer) = self.take_joined(request, landed).await
                    {
                        return answer;
                    }
                }
            }
        }
    }

    /// Waits for a flight. Whoever has an entry to fall back on looks at the epoch meanwhile: at its deadline it would
    /// be too late. Not while the store is left alone: that look might be its probe, and dropped when the flight lands.
    async fn wait_looking(&self, request: &Request, joiner: Joiner<Landed>) -> Option<Landed> {
        let known = self.memory.get(&request.key);
        let fallback = known.filter(|entry| self.usability_now(request, entry) != Usability::Expired);
        if fallback.is_none() || self.store.health() != StoreHealth::Reachable {
            return joiner.wait().await;
        }
        match select(pin!(joiner.wait()), pin!(self.look(&request.start))).await {
            Either::Left((landed, _)) => landed,
            Either::Right((_, waiting)) => waiting.await,
        }
    }

    /// The answer to the request that led the flight: its fetch, or its look at the store, began after it.
    async fn take_own(self: &Arc<Self>, request: &Request, landed: Landed) -> Option<Result<Answer, Failure>> {
        match landed {
            Landed::Entry { entry, origin } => self.take(request, &entry, origin).await,
            Landed::Failed { failure, .. } => {
                let look = self.looks.usable_by(&request.start);
                Some(self.fall_back(request, look.as_deref(), failure))
            }
        }
    }

    /// The answer that an entry of a good fence makes by now, or `None` if it grew too old on the way.
    async fn take(
        self: &Arc<Self>,
        request: &Request,
        entry: &Arc<Entry>,
        origin: Origin,
    ) -> Option<Result<Answer, Failure>> {
        match self.usability_now(request, entry) {
            _ if fetched_for(request, entry) => Some(Ok(self.serve(request, entry, origin))),
            Usability::Fresh => Some(Ok(self.serve(request, entry, origin))),
            Usability::WhileRevalidate => Some(self.revalidate(request, entry, origin).await),
            Usability::IfError | Usability::Expired => None,
        }
    }

    /// The answer to a request that joined another's flight, if it may have what that brought: a value or a failure
    /// of a fetch that began late enough for this request, or a value whose fence is good by this request's own look.
    async fn take_joined(self: &Arc<Self>, request: &Request, landed: Landed) -> Option<Result<Answer, Failure>> {
        let (entry, origin) = match landed {
            Landed::Entry { entry, origin } => (entry, origin.collapsed()),
            Landed::Failed { failure, began } => {
                if !began.serves(&request.start, self.looks.window()) {
                    return None;
                }
                let look = self.look(&request.start).await.ok();
                return Some(self.fall_back(request, look.as_deref(), failure));
            }
        };
        if !self.will_do_for(request, &entry, Purpose::Answer) {
            return None;
        }
        let began_late_enough =
            entry.fetched.is_some_and(|fetched| fetched.serves(&request.start, self.looks.window()));
        let usable = began_late_enough || self.look(&request.start).await.is_ok_and(|look| entry.is_good(&look));
        if usable { self.take(request, &entry, origin).await } else { None }
    }

    /// Counts a request by where its answer came from: one that upstream failed to freshen was forwarded, so it is no hit.
    fn note_ended(&self, request: &Request, answer: &Result<Answer, Failure>) {
        let ending = match answer {
            Ok(Answer { freshness: Freshness::StaleIfError(_), .. }) | Err(_) => Ending::Missed,
            Ok(Answer { origin: Origin::Memory, .. }) => Ending::Memory,
            Ok(Answer { origin: Origin::Store, .. }) => Ending::Store,
            Ok(Answer { origin: Origin::Upstream { .. }, .. }) => Ending::Missed,
        };
        let took = self.environment.now().since(request.start.at);
        self.statistics.of(request.key.data_type()).count_request(ending, took);
    }

    fn count(&self, request: &Request, layer: Layer, outcome: Outcome, bytes: usize) {
        let took = self.environment.now().since(request.start.at);
        self.statistics.of(request.key.data_type()).count(layer, outcome, bytes, took);
    }
}
