use std::sync::Arc;

use larder_cache::store::DynamoDbStore;

use super::asker::{BYTES, environment};
use super::processes::Processes;
use crate::arguments::Effort;
use crate::contest::contest;
use crate::dynamodb::{EPOCH, Table};
use crate::measurements::Outcome;

pub(crate) async fn run(effort: Effort) -> anyhow::Result<Outcome> {
    let table = Table::create("bench-store-hit").await?;
    let store = Arc::new(DynamoDbStore::new(table.client.clone(), table.name, environment()));
    let mut processes = Processes::with_filled(store).await?;
    table.settle().await?;

    let keys = processes.keys().to_vec();
    let (mut turn, mut counted) = (keys.iter().cycle(), Vec::new());
    let comparison = contest(
        effort,
        effort.samples(50),
        async || {
            processes.begin().await?;
            let before = table.requests.count();
            let took = processes.ask().await?;
            counted.push(table.requests.count() - before);
            Ok(took)
        },
        async || table.batch_get(&[EPOCH, turn.next().map_or("", |key| key.as_str())]).await,
    );
    let comparison = comparison.await?;
    let requests = counted.iter().sum::<u64>() as f64 / counted.len() as f64;
    Ok(Outcome { comparison, requests: Some(requests), bytes: BYTES })
}
