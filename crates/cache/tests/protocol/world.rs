use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use larder_cache::store::{Store, StoreError};
use larder_cache::{
    Account, Answer, Cache, Directives, Events, Failure, FetchOncePer, Freshness, Inspection, Invalidated, Key, Origin,
    Policy, Scope, Selector, Settings, Upstream,
};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::clock::{Clock, paused_now};
use crate::scripted_store::ScriptedStore;
use crate::scripted_upstream::ScriptedUpstream;

/// A store and an upstream that any number of containers share.
pub(crate) struct World {
    pub(crate) store: Arc<ScriptedStore>,
    pub(crate) upstream: Arc<ScriptedUpstream>,
    pub(crate) settings: Settings,
    pub(crate) policy: Policy,
    containers: AtomicU64,
    began: Instant,
}

/// One container: a cache with clocks of its own.
#[derive(Clone)]
pub(crate) struct Container {
    pub(crate) cache: Cache,
    pub(crate) clock: Arc<Clock>,
    pub(crate) policy: Policy,
    pub(crate) upstream: Arc<ScriptedUpstream>,
    /// What is asked for unless a test says otherwise.
    pub(crate) key: Key,
}

/// An answer to come.
pub(crate) type Pending = JoinHandle<Result<Answer, Failure>>;

impl World {
    /// The defaults, but no jitter.
    pub(crate) fn new() -> Self {
        Self::with(|_, _| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Settings, &mut Policy)) -> Self {
        let mut settings = Settings { ttl_jitter: 0.0, ..Settings::default() };
        let mut policy = Policy {
            ttl: seconds(300),
            stale_while_revalidate: seconds(60),
            stale_if_error: seconds(3_600),
            fetch_once_per: FetchOncePer::Fleet,
        };
        change(&mut settings, &mut policy);
        Self {
            store: Arc::new(ScriptedStore::new()),
            upstream: Arc::new(ScriptedUpstream::new()),
            settings,
            policy,
            containers: AtomicU64::new(0),
            began: paused_now(),
        }
    }

    /// Another container.
    pub(crate) fn container(&self) -> Container {
        self.container_on(Some(self.store.clone()))
    }

    pub(crate) fn container_on(&self, store: Option<Arc<dyn Store>>) -> Container {
        let clock = Arc::new(Clock::new(self.containers.fetch_add(1, SeqCst) + 1, self.began));
        let cache = Cache::new(clock.clone(), store, self.settings.clone());
        Container { cache, clock, policy: self.policy, upstream: self.upstream.clone(), key: subnets("us-east-1") }
    }
}

impl Container {
    pub(crate) async fn get(&self) -> Result<Answer, Failure> {
        self.get_with(Directives::default()).await
    }

    pub(crate) async fn get_with(&self, directives: Directives) -> Result<Answer, Failure> {
        let upstream: Arc<dyn Upstream> = self.upstream.clone();
        self.cache.get(&self.key, &self.policy, &directives, &upstream).await
    }

    /// The value and its origin's name, of an answer that there has to be.
    pub(crate) async fn tell(&self) -> String {
        tell(&self.get().await)
    }

    pub(crate) async fn tell_with(&self, directives: Directives) -> String {
        tell(&self.get_with(directives).await)
    }

    /// Asks, and goes on before there is an answer.
    pub(crate) fn ask(&self) -> Pending {
        self.ask_with(Directives::default())
    }

    pub(crate) fn ask_with(&self, directives: Directives) -> Pending {
        let container = self.clone();
        tokio::spawn(async move { container.get_with(directives).await })
    }

    pub(crate) async fn inspect(&self, key: &Key) -> Result<Inspection, StoreError> {
        self.cache.inspect(key, &self.policy).await
    }

    pub(crate) async fn invalidate(&self, selector: &Selector) -> Invalidated {
        self.cache.invalidate(selector).await.expect("the store answers")
    }

    pub(crate) async fn invalidate_all(&self) -> Invalidated {
        self.invalidate(&Selector::EVERYTHING).await
    }

    pub(crate) fn about(&self, key: Key) -> Self {
        Self { key, ..self.clone() }
    }

    pub(crate) fn events(&self) -> Events {
        self.cache.statistics().events
    }
}

/// `v1 memory`, `v1 store`, `v2 upstream`, with `stale` or `stale-if-error` behind it; or the failure.
pub(crate) fn tell(answer: &Result<Answer, Failure>) -> String {
    let answer = match answer {
        Ok(answer) => answer,
        Err(Failure::Upstream(error)) => return format!("{:?}", error.class),
        Err(Failure::Deadline(_)) => return "Deadline".to_owned(),
        Err(Failure::NotCached) => return "NotCached".to_owned(),
        Err(Failure::Overloaded(_)) => return "Overloaded".to_owned(),
    };
    let value = String::from_utf8_lossy(&answer.value);
    let origin = match answer.origin {
        Origin::Memory => "memory",
        Origin::Store => "store",
        Origin::Upstream { .. } => "upstream",
    };
    let freshness = match answer.freshness {
        Freshness::Fresh => "",
        Freshness::StaleWhileRevalidate => " stale",
        Freshness::StaleIfError(_) => " stale-if-error",
    };
    format!("{value} {origin}{freshness}")
}

/// What an asked one answered, once it is there.
pub(crate) async fn told(pending: Pending) -> String {
    tell(&pending.await.expect("no panic"))
}

pub(crate) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Lets time pass, in steps, so that everything that is due on the way runs at its time.
pub(crate) async fn pass(duration: Duration) {
    tokio::time::sleep(duration).await;
    settle().await;
}

/// Lets everything run that needs no time to pass.
pub(crate) async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

pub(crate) fn key(data_type: &str, region: &str, account: &str) -> Key {
    let account = Account::Id(account.to_owned());
    let scope = Scope { partition: "aws".to_owned(), region: Some(region.to_owned()), account };
    Key::new(data_type, scope).expect("valid")
}

pub(crate) fn subnets(region: &str) -> Key {
    key("ec2-subnets", region, "123456789012")
}

pub(crate) fn no_cache() -> Directives {
    max_age(0)
}

pub(crate) fn max_age(age: u64) -> Directives {
    Directives { max_age: Some(seconds(age)), ..Directives::default() }
}

pub(crate) fn only_if_cached() -> Directives {
    Directives { only_if_cached: true, ..Directives::default() }
}

pub(crate) fn within(deadline: Duration) -> Directives {
    Directives { deadline, ..Directives::default() }
}
