use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_runtime_api::client::http::{SharedHttpConnector, http_client_fn};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use larder_cache::store::DynamoDbStore;
use larder_cache::{
    Account, Answer, Cache, Directives, Environment, Failure, FetchOncePer, Key, Moment, Policy, Scope, Settings,
    Upstream, UpstreamError,
};
use tokio::runtime::Runtime;
use tokio::time::Instant;

use super::table::{self, Items, Table};

/// How large the values are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Size {
    /// In their items.
    Inline,
    /// In chunks beside them.
    Chunked,
}

/// A key that is stored, and its value.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) key: Key,
    pub(crate) value: Bytes,
}

/// Two keys of two accounts with values of two lengths, and the table that has them.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) stored: [Stored; 2],
    pub(crate) items: Items,
}

/// What upstream says when it is asked again.
pub(crate) const FRESH: Bytes = Bytes::from_static(b"fresh");

impl World {
    /// Made once, by the cache itself.
    pub(crate) fn of(size: Size) -> &'static Self {
        static WORLDS: [OnceLock<World>; 2] = [OnceLock::new(), OnceLock::new()];
        WORLDS[size as usize].get_or_init(|| Self::make(size))
    }

    fn make(size: Size) -> Self {
        let lengths = match size {
            Size::Inline => [97, 131],
            // What does not compress, in two chunks and in three.
            Size::Chunked => [400_000, 800_001],
        };
        let stored = [0, 1].map(|number| {
            let account = Account::Id(format!("{:012}", 111_122_223_333_u64 * (number as u64 + 1)));
            let scope = Scope { partition: "aws".into(), region: Some("us-east-1".into()), account };
            Stored { key: Key::new("ec2-subnets", scope).expect("valid"), value: noise(number, lengths[number]) }
        });
        let table = Table::default();
        for Stored { key, value } in &stored {
            read(&table, key, Directives::default(), value.clone()).expect("upstream answers");
        }
        Self { stored, items: table.items() }
    }
}

/// Asks a new process on that table.
pub(crate) fn read(table: &Table, key: &Key, directives: Directives, upstream: Bytes) -> Result<Answer, Failure> {
    RUNTIME.with(|runtime| {
        runtime.block_on(async {
            let environment = Arc::new(PausedClock::start());
            let store = DynamoDbStore::new(client(table), table::NAME, environment.clone());
            let settings = Settings { memory_bytes: 4 << 20, ..Settings::default() };
            let cache = Cache::new(environment, Some(Arc::new(store)), settings);
            let upstream: Arc<dyn Upstream> = Arc::new(Says(upstream));
            cache.get(key, &POLICY, &directives, &upstream).await
        })
    })
}

thread_local! {
    static RUNTIME: Runtime = {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.expect("a runtime")
    };
}

const POLICY: Policy = Policy {
    ttl: Duration::from_mins(5),
    stale_while_revalidate: Duration::from_mins(1),
    stale_if_error: Duration::from_hours(1),
    fetch_once_per: FetchOncePer::Fleet,
};

fn client(table: &Table) -> Client {
    let connector = SharedHttpConnector::new(table.clone());
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(http_client_fn(move |_, _| connector.clone()));
    Client::from_conf(config.build())
}

/// Bytes that differ by seed and don't repeat.
fn noise(seed: usize, length: usize) -> Bytes {
    let mut state = seed as u64 + 0x9e37_79b9_7f4a_7c15;
    let next = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    });
    next.take(length).collect()
}

/// Time that passes only while all wait for it.
struct PausedClock(Instant);

impl PausedClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn start() -> Self {
        Self(Instant::now())
    }
}

impl Environment for PausedClock {
    fn now(&self) -> Moment {
        let monotonic = self.0.elapsed();
        Moment { wall: Duration::from_secs(1_900_000_000) + monotonic, monotonic }
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(duration).boxed()
    }

    fn spawn(&self, work: BoxFuture<'static, ()>) {
        tokio::spawn(work);
    }

    fn random(&self) -> u64 {
        0x0123_4567_89ab_cdef
    }
}

/// An upstream with one answer.
struct Says(Bytes);

#[async_trait]
impl Upstream for Says {
    async fn fetch(&self) -> Result<Bytes, UpstreamError> {
        Ok(self.0.clone())
    }
}
