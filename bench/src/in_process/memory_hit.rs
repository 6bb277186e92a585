use std::hint::black_box;
use std::sync::Arc;

use bytes::Bytes;
use larder_cache::Key;
use larder_cache::store::DynamoDbStore;
use quick_cache::sync::Cache as QuickCache;

use super::asker::{Asker, BYTES, Layer, environment, key, value};
use crate::arguments::Effort;
use crate::contest::contest;
use crate::dynamodb::Table;
use crate::measurements::Outcome;
use crate::stopwatch::Stopwatch;

/// One hit takes less than reading a clock, so a sample is so many in a row.
const HITS: u32 = 10_000;

/// The epoch is looked at once in a coherence window, as always: those requests are counted, and their time is in the
/// samples that they fall into.
pub(crate) async fn run(effort: Effort) -> anyhow::Result<Outcome> {
    let table = Table::create("bench-memory-hit").await?;
    let asker = Asker::fresh(Arc::new(DynamoDbStore::new(table.client.clone(), table.name, environment())));
    let (key, peer) = (key(1)?, QuickCache::<Key, Bytes>::new(1_000));
    asker.ask(&key, Layer::Upstream).await?;
    asker.ask(&key, Layer::Memory).await?;
    peer.insert(key.clone(), value());

    let (mut asked, requests) = (0, table.requests.count());
    let comparison = contest(
        effort,
        effort.samples(20),
        async || {
            let watch = Stopwatch::start();
            for _ in 0..HITS {
                black_box(asker.get(black_box(&key)).await?);
            }
            asked += HITS;
            Ok(watch.elapsed() / HITS)
        },
        async || {
            let watch = Stopwatch::start();
            for _ in 0..HITS {
                black_box(peer.get(black_box(&key)));
            }
            Ok(watch.elapsed() / HITS)
        },
    );
    let comparison = comparison.await?;
    asker.ask(&key, Layer::Memory).await?;
    let requests = (table.requests.count() - requests) as f64 / f64::from(asked);
    Ok(Outcome { comparison, requests: Some(requests), bytes: BYTES })
}
