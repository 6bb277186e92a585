//! Many containers that are asked for one cold key at once.

mod bentocache;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use anyhow::ensure;
use async_trait::async_trait;
use bytes::Bytes;
use futures::future::try_join_all;
use larder_cache::{Cache, Directives, FetchOncePer, Key, Settings, Upstream, UpstreamError};

use crate::arguments::Effort;
use crate::asker::{BYTES, POLICY, environment, key, value};
use crate::contest::{Comparison, contest};
use crate::dynamodb::Table;
use crate::figure::Figure;
use crate::row::{Row, Target};
use crate::stopwatch::Stopwatch;

pub(crate) use bentocache::beside_bentocache;

const CONTAINERS: usize = 64;
const REQUESTS: usize = 200;
/// What AWS takes at least, in the project's own words.
const UPSTREAM: Duration = Duration::from_millis(300);

/// The most that a herd of a side asked for.
#[derive(Clone, Copy, Debug, Default)]
struct Most {
    /// Calls of upstream.
    calls: u64,
    /// Requests to DynamoDB.
    requests: u64,
}

/// An upstream that counts.
struct Counting {
    calls: AtomicU64,
    value: Bytes,
}

#[async_trait]
impl Upstream for Counting {
    async fn fetch(&self) -> Result<Bytes, UpstreamError> {
        self.calls.fetch_add(1, Relaxed);
        tokio::time::sleep(UPSTREAM).await;
        Ok(self.value.clone())
    }
}

pub(crate) async fn beside_no_lease(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let table = Table::create("bench-herd").await?;
    let (mut number, mut bare) = (0, 500_000_000_000);
    let (mut ours, mut theirs) = (Most::default(), Most::default());
    let comparison = contest(
        effort,
        1,
        async || {
            number += 1;
            rush(effort, &table, &key(number)?, FetchOncePer::Fleet, &mut ours).await
        },
        async || {
            bare += 1;
            rush(effort, &table, &key(bare)?, FetchOncePer::Process, &mut theirs).await
        },
    );
    let comparison = comparison.await?;
    Ok(rows("Larder with a flight per process and no lease", comparison, ours, theirs))
}

/// Lets containers that start now ask for a key; how long it took until all had their answers.
async fn rush(
    effort: Effort,
    table: &Table,
    key: &Key,
    fetch_once_per: FetchOncePer,
    most: &mut Most,
) -> anyhow::Result<Duration> {
    let upstream = Arc::new(Counting { calls: AtomicU64::new(0), value: value() });
    let policy = larder_cache::Policy { fetch_once_per, ..POLICY };
    let container = |_| Cache::new(environment(), Some(table.store()), Settings::default());
    let containers: Vec<Cache> = (0..CONTAINERS).map(container).collect();
    let asked = containers.iter().flat_map(|cache| std::iter::repeat_n(cache, effort.samples(REQUESTS)));
    let directives = Directives::default();
    table.requests.take();
    let watch = Stopwatch::start();
    let shared: Arc<dyn Upstream> = upstream.clone();
    let answers = try_join_all(asked.map(|cache| cache.get(key, &policy, &directives, &shared))).await?;
    let took = watch.elapsed();
    ensure!(answers.iter().all(|answer| answer.value.len() == BYTES), "an answer is not whole");
    table.requests.settle().await?;
    most.calls = most.calls.max(upstream.calls.load(Relaxed));
    most.requests = most.requests.max(table.requests.take().count());
    Ok(took)
}

fn rows(peer: &str, comparison: Comparison, ours: Most, theirs: Most) -> Vec<Row> {
    let asked = format!("{} requests, all of them", ours.requests);
    let [ours, theirs] = [ours, theirs].map(|most| Figure::Calls(most.calls as f64));
    let target = Target { wanted: "exactly 1 call".to_owned(), met: ours == Figure::Calls(1.0) };
    vec![
        Row::new("calls of upstream", ours, peer, theirs).reaching(target).counted(asked),
        Row::of("time until all are answered", comparison, peer),
    ]
}
