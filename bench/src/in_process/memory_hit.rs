use std::hint::black_box;

use bytes::Bytes;
use larder_cache::Key;
use moka::sync::Cache as Moka;
use quick_cache::sync::Cache as QuickCache;

use crate::arguments::Effort;
use crate::asker::{Asker, BYTES, Layer, SIZE, TTL, key, value};
use crate::contest::contest;
use crate::dynamodb::Table;
use crate::row::Row;
use crate::stopwatch::Stopwatch;

/// One hit takes less than reading a clock, so a sample is so many in a row.
const HITS: u32 = 10_000;
/// How many entries the peers have room for.
const ROOM: usize = 1_000;
const SAMPLES: usize = 20;

/// The epoch is looked at once in a coherence window, as always: those requests are counted, and their time is in the
/// samples that they fall into. The peers are asked by a text, as anyone would, and hash as they do by default.
pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let table = Table::create("bench-memory-hit").await?;
    let (asker, key) = (Asker::fresh(table.store()), key(1)?);
    asker.ask(&key, Layer::Upstream).await?;
    asker.ask(&key, Layer::Memory).await?;

    let quick_cache = QuickCache::<String, Bytes>::new(ROOM);
    quick_cache.insert(key.to_string(), value());
    let peer = "get of quick_cache, no TTL";
    let beside_quick_cache = beside(effort, &table, &asker, &key, peer, |text| quick_cache.get(text)).await?;

    let moka = Moka::<String, Bytes>::builder().max_capacity(ROOM as u64).time_to_live(TTL).build();
    moka.insert(key.to_string(), value());
    let peer = "get of moka, with a TTL";
    let beside_moka = beside(effort, &table, &asker, &key, peer, |text| moka.get(text)).await?;
    Ok(vec![beside_quick_cache.at_most(3.0), beside_moka.at_most(0.5)])
}

async fn beside(
    effort: Effort,
    table: &Table,
    asker: &Asker,
    key: &Key,
    name: &'static str,
    peer: impl Fn(&str) -> Option<Bytes>,
) -> anyhow::Result<Row> {
    let (text, mut asked) = (key.to_string(), 0);
    anyhow::ensure!(peer(&text).is_some_and(|value| value.len() == BYTES), "the peer has no such value");
    table.requests.settle().await?;
    table.requests.take();
    let comparison = contest(
        effort,
        effort.samples(SAMPLES),
        async || {
            let watch = Stopwatch::start();
            for _ in 0..HITS {
                black_box(asker.get(black_box(key)).await?);
            }
            asked += u64::from(HITS);
            Ok(watch.elapsed() / HITS)
        },
        async || {
            let watch = Stopwatch::start();
            for _ in 0..HITS {
                black_box(peer(black_box(&text)));
            }
            Ok(watch.elapsed() / HITS)
        },
    );
    let comparison = comparison.await?;
    asker.ask(key, Layer::Memory).await?;
    let looks = table.requests.take().count();
    let asked = asked.checked_div(looks).map_or_else(|| "nothing".to_owned(), |hits| format!("1 look in {hits} hits"));
    Ok(Row::of(SIZE, comparison, name).counted(asked))
}
