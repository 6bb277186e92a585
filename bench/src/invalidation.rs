//! Invalidating tables of different sizes.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::ensure;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use futures::{StreamExt, TryStreamExt};
use larder_cache::Selector;

use crate::arguments::Effort;
use crate::asker::{Asker, Layer, key};
use crate::contest::median;
use crate::dynamodb::{Item, Table, primary_key};
use crate::figure::Figure;
use crate::row::{Row, Target};
use crate::stopwatch::Stopwatch;
use crate::usual_design::{MOST_WRITES, SIDE_BY_SIDE, UsualDesign};

/// Entries in the table.
const SIZES: [usize; 3] = [10, 10_000, 100_000];
/// What each of them holds: filling is no part of what is measured.
const DATA: [u8; 64] = [7; 64];
const SAMPLES: usize = 100;
/// The peer has to be given its entries again for every sample, so it takes as many as there are entries for.
const ENTRIES_TO_REFILL: usize = 100;

/// What invalidating a table took.
struct Invalidated {
    entries: usize,
    ours: Duration,
    asked: Asked,
    usual: Duration,
    usual_requests: u64,
}

/// The requests of one invalidation, and the bytes of their bodies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    requests: String,
    bytes: u64,
}

pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let mut invalidated = Vec::new();
    for size in SIZES {
        invalidated.push(measure(effort, effort.samples(size)).await?);
    }
    let all: BTreeSet<_> = invalidated.iter().map(|invalidated| invalidated.asked.clone()).collect();
    ensure!(all.len() == 1, "an invalidation depends on what the table holds: {all:?}");
    Ok(invalidated.into_iter().map(Invalidated::into_row).collect())
}

async fn measure(effort: Effort, entries: usize) -> anyhow::Result<Invalidated> {
    // The name is in every request: it has to be as long for each.
    let table = Table::create(format!("bench-invalidation-{entries:06}")).await?;
    let (asker, first) = (Asker::fresh(table.store()), key(0)?);
    asker.ask(&first, Layer::Upstream).await?;
    table.requests.settle().await?;
    let entry = table.item(&first).await?;
    let selector = Selector::default().data_type(first.data_type())?;
    fill(&table, &entry, entries).await?;

    let (mut times, mut asked) = (Vec::new(), BTreeSet::new());
    for _ in 0..effort.samples(SAMPLES) {
        table.requests.take();
        let watch = Stopwatch::start();
        asker.invalidate(&selector).await?;
        times.push(watch.elapsed().as_secs_f64());
        let sent = table.requests.take();
        asked.insert(Asked { requests: sent.to_string(), bytes: sent.bytes });
    }
    ensure!(asked.len() == 1, "one invalidation asks for more than another: {asked:?}");

    let (mut usual, mut usual_times) = (UsualDesign::new(&table), Vec::new());
    let mut usual_requests = 0;
    for sample in 0..(ENTRIES_TO_REFILL / entries).max(1) {
        if sample > 0 {
            fill(&table, &entry, entries).await?;
        }
        table.requests.take();
        let watch = Stopwatch::start();
        let deleted = usual.invalidate(first.data_type()).await?;
        usual_times.push(watch.elapsed().as_secs_f64());
        usual_requests = table.requests.take().count();
        ensure!(deleted == entries, "{deleted} of {entries} entries were deleted");
    }
    Ok(Invalidated {
        entries,
        ours: Duration::from_secs_f64(median(times.into_iter())),
        asked: asked.pop_first().unwrap_or(Asked { requests: String::new(), bytes: 0 }),
        usual: Duration::from_secs_f64(median(usual_times.into_iter())),
        usual_requests,
    })
}

/// Puts so many entries, several requests side by side.
async fn fill(table: &Table, entry: &Item, entries: usize) -> anyhow::Result<()> {
    let put = |number: u64| {
        let mut item = entry.clone();
        item.extend(primary_key(key(number)?.as_str()));
        item.insert("data".to_owned(), AttributeValue::B(Blob::new(DATA)));
        let request = PutRequest::builder().set_item(Some(item)).build()?;
        Ok(WriteRequest::builder().put_request(request).build())
    };
    let numbers: Vec<_> = (0..entries as u64).collect();
    let batches = numbers.chunks(MOST_WRITES).map(|numbers| async move {
        table.write(numbers.iter().copied().map(put).collect::<anyhow::Result<_>>()?).await
    });
    futures::stream::iter(batches).buffer_unordered(SIDE_BY_SIDE).try_for_each(async |_units| Ok(())).await
}

impl Invalidated {
    fn into_row(self) -> Row {
        let [ours, usual] = [self.ours, self.usual].map(|took| Figure::Time(took.as_secs_f64() * 1e9));
        let Asked { requests, bytes } = self.asked;
        let peer = format!("Query of the index and BatchWriteItem, bare: {} requests", self.usual_requests);
        let target = Target { wanted: "exactly 1 write, constant".to_owned(), met: requests == "UpdateItem" };
        Row::new(format!("{} entries", self.entries), ours, peer, usual)
            .reaching(target)
            .counted(format!("{requests}, {bytes} B"))
    }
}
