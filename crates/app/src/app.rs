use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use larder_cache::{Cache, Environment, StoreHealth};

use crate::changes::{Changes, What};
use crate::configuration::{Configuration, PageConfiguration};
use crate::inspection::Inspections;
use crate::metrics::{CacheSnapshot, Measured, Tally};
use crate::problem::{Code, Problem};
use crate::runtime::{CalculationReport, RuntimeReader};
use crate::wiring::{OpenedHistory, OpenedRuntime, OpenedStore};
use crate::{Entries, Fetcher, Invalidation, Queries};

/// The use cases over one cache, for any host. Cloning is a reference count.
#[derive(Clone)]
pub struct App(Arc<Inside>);

struct Inside {
    queries: Queries,
    invalidation: Invalidation,
    entries: Entries,
    inspections: Inspections,
    cache: Cache,
    environment: Arc<dyn Environment>,
    store: StoreStatus,
    runtime: OpenedRuntime,
    reader: OnceLock<RuntimeReader>,
    greatest_age: Option<Duration>,
    history: OpenedHistory,
    region_concurrency: usize,
    changes: Changes,
    page: PageConfiguration,
    since: Timestamp,
    tally: Mutex<Tally>,
}

/// What an [`App`] is made of.
pub struct Parts<'a> {
    /// What was set.
    pub configuration: &'a Configuration,
    /// The world.
    pub environment: Arc<dyn Environment>,
    /// The store, or why there is none.
    pub store: OpenedStore,
    /// AWS.
    pub fetcher: Arc<dyn Fetcher>,
    /// Running minutes, or why there are none.
    pub runtime: OpenedRuntime,
    /// The history, or why there is none.
    pub history: OpenedHistory,
}

/// Where entries are kept, and why not if they aren't.
#[derive(Clone, Debug)]
pub struct StoreStatus {
    /// The store for people: `sqlite:/home/ann/.cache/larder/cache.sqlite`.
    pub description: String,
    /// Why it is not used, if it isn't.
    pub reason: Option<String>,
}

impl StoreStatus {
    /// The store that holds the entries: `none` where none could be opened.
    #[must_use]
    pub fn in_use(&self) -> &str {
        if self.reason.is_none() { &self.description } else { "none" }
    }
}

impl App {
    /// Wires the use cases. A store that could not be opened is said in the log, once.
    #[must_use]
    pub fn new(parts: Parts<'_>) -> Self {
        let Parts { configuration, environment, store, fetcher, runtime, history } = parts;
        let OpenedStore { store, description } = store;
        let (store, reason) = match store {
            Ok(store) => (Some(store), None),
            Err(reason) => {
                tracing::warn!(store = %description, %reason, "nothing is cached: every question goes to AWS");
                (None, Some(reason))
            }
        };
        let since = i64::try_from(environment.now().unix_millis()).unwrap_or(i64::MAX);
        let cache = Cache::new(environment.clone(), store, configuration.cache.settings.clone());
        let changes = Changes::new();
        Self(Arc::new(Inside {
            queries: Queries::new(configuration, cache.clone(), environment.clone(), fetcher),
            invalidation: Invalidation::new(cache.clone(), changes.clone()),
            entries: Entries::new(cache.clone(), environment.clone()),
            inspections: Inspections::new(configuration, cache.clone()),
            cache,
            environment,
            store: StoreStatus { description, reason },
            runtime,
            reader: OnceLock::new(),
            greatest_age: configuration.runtime.greatest_age,
            history,
            region_concurrency: configuration.region_concurrency,
            changes,
            page: configuration.page.clone(),
            since: Timestamp::from_millisecond(since).unwrap_or(Timestamp::UNIX_EPOCH),
            tally: Mutex::default(),
        }))
    }

    /// Questions.
    #[must_use]
    pub fn queries(&self) -> &Queries {
        &self.0.queries
    }

    /// Invalidations.
    #[must_use]
    pub fn invalidation(&self) -> &Invalidation {
        &self.0.invalidation
    }

    /// What the store holds.
    #[must_use]
    pub fn entries(&self) -> &Entries {
        &self.0.entries
    }

    pub(crate) fn inspections(&self) -> &Inspections {
        &self.0.inspections
    }

    /// Running minutes.
    ///
    /// # Errors
    /// [`Code::RuntimeNotConfigured`] where there are none, saying what to set.
    pub fn runtime(&self) -> Result<&RuntimeReader, Problem> {
        match self.0.runtime.parts() {
            Ok(parts) => Ok(self.0.reader.get_or_init(|| RuntimeReader::new(parts.clone(), self.0.greatest_age))),
            Err(reason) => {
                let detail = format!("Running minutes are not worked out here: {reason}.");
                Err(Problem::new(Code::RuntimeNotConfigured, detail))
            }
        }
    }

    /// What AWS forgets, kept; or why it is not.
    #[must_use]
    pub fn history(&self) -> &OpenedHistory {
        &self.0.history
    }

    /// How much of AWS is asked side by side.
    pub(crate) fn side_by_side(&self) -> usize {
        self.0.region_concurrency.max(1)
    }

    /// The time by the wall clock.
    pub(crate) fn now(&self) -> Timestamp {
        let millis = i64::try_from(self.0.environment.now().unix_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The cache itself, for statistics and inspection.
    #[must_use]
    pub fn cache(&self) -> &Cache {
        &self.0.cache
    }

    pub(crate) fn environment(&self) -> &dyn Environment {
        &*self.0.environment
    }

    /// What tells whoever listens that something has changed.
    #[must_use]
    pub fn changes(&self) -> &Changes {
        &self.0.changes
    }

    /// What the page is told.
    pub(crate) fn page(&self) -> &PageConfiguration {
        &self.0.page
    }

    /// Where entries are kept.
    #[must_use]
    pub fn store(&self) -> &StoreStatus {
        &self.0.store
    }

    /// Since when this process counts.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.0.since
    }

    /// Notes what work besides questions measured, for [`Self::tally`].
    pub fn measured(&self, measured: impl Into<Measured>) {
        self.0.tally.lock().unwrap_or_else(PoisonError::into_inner).add(measured);
    }

    /// Notes that running minutes were worked out, and tells whoever listens.
    pub fn calculated(&self, report: &CalculationReport) {
        self.measured(report);
        self.changes().tell(What::Runtime, None);
    }

    /// What this process measured since it began: what was noted, and what the cache counted.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = self.0.tally.lock().unwrap_or_else(PoisonError::into_inner).clone();
        CacheSnapshot::of(&self.0.cache).since_beginning().into_iter().for_each(|measured| tally.add(measured));
        tally
    }

    /// How the store is, in one word or two: `ok`, `absent`, `left alone`.
    #[must_use]
    pub fn store_health(&self) -> &'static str {
        match self.0.cache.store_health() {
            StoreHealth::Reachable => "ok",
            StoreHealth::Absent => "absent",
            StoreHealth::LeftAlone | StoreHealth::Probing => "left alone",
        }
    }
}
