use std::future::pending;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::BoxFuture;
use larder_cache::store::Store;
use larder_cache::{
    Account, Answer, Cache, Directives, Environment, Failure, FetchOncePer, Key, Moment, Policy, Scope, Settings,
    Upstream, UpstreamError,
};

const POLICY: Policy = Policy {
    ttl: Duration::from_hours(1),
    stale_while_revalidate: Duration::ZERO,
    stale_if_error: Duration::ZERO,
    fetch_once_per: FetchOncePer::Fleet,
};

/// A process with a cache in front of an upstream that takes no time.
pub(crate) struct Container {
    pub(crate) cache: Cache,
    pub(crate) clock: Arc<SetClock>,
    upstream: Arc<dyn Upstream>,
}

/// Clocks that stand where they are set, and timers that are never over.
pub(crate) struct SetClock(Mutex<Duration>);

struct AtOnce(Bytes);

#[async_trait]
impl Upstream for AtOnce {
    async fn fetch(&self) -> Result<Bytes, UpstreamError> {
        Ok(self.0.clone())
    }
}

impl Container {
    /// One that starts now. Upstream's value is so long.
    pub(crate) fn new(store: Arc<dyn Store>, bytes: usize) -> Self {
        let clock = Arc::new(SetClock::new());
        let cache = Cache::new(clock.clone(), Some(store), Settings::default());
        Self { cache, clock, upstream: Arc::new(AtOnce(vec![7; bytes].into())) }
    }

    pub(crate) async fn get(&self, key: &Key) -> Result<Answer, Failure> {
        self.cache.get(key, &POLICY, &Directives::default(), &self.upstream).await
    }
}

impl SetClock {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Duration::from_secs(1_800_000_000)))
    }

    pub(crate) fn pass(&self, time: Duration) {
        *self.0.lock().expect("no panic") += time;
    }
}

impl Environment for SetClock {
    fn now(&self) -> Moment {
        let now = *self.0.lock().expect("no panic");
        Moment { wall: now, monotonic: now }
    }

    fn sleep(&self, _duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(pending())
    }

    fn spawn(&self, work: BoxFuture<'static, ()>) {
        tokio::spawn(work);
    }

    /// Never the same twice, as owners of leases have to be.
    fn random(&self) -> u64 {
        static RANDOM: AtomicU64 = AtomicU64::new(0);
        RANDOM.fetch_add(1, SeqCst)
    }
}

pub(crate) fn key(number: u64) -> Key {
    let account = Account::Id(format!("{number:012}"));
    let scope = Scope { partition: "aws".to_owned(), region: Some("us-east-1".to_owned()), account };
    Key::new("ec2-subnets", scope).expect("valid")
}
