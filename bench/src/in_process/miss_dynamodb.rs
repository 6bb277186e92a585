use std::sync::Arc;

use larder_cache::store::{DynamoDbStore, Store};

use super::asker::{Asker, BYTES, Layer, environment, key, value};
use crate::arguments::Effort;
use crate::contest::contest;
use crate::dynamodb::Table;
use crate::measurements::Outcome;

/// Every sample is another key, under an epoch that is there already.
pub(crate) async fn run(effort: Effort) -> anyhow::Result<Outcome> {
    let table = Table::create("bench-miss").await?;
    let store: Arc<dyn Store> = Arc::new(DynamoDbStore::new(table.client.clone(), table.name, environment()));
    let asker = Asker::fresh(store);
    asker.ask(&key(0)?, Layer::Upstream).await?;
    table.settle().await?;
    let (mut number, mut bare, mut counted, value) = (0, 0, Vec::new(), value());
    let comparison = contest(
        effort,
        effort.samples(25),
        async || {
            number += 1;
            let (key, before) = (key(number)?, table.requests.count());
            let took = asker.ask(&key, Layer::Upstream).await?;
            // What goes on after the answer counts too.
            table.settle().await?;
            counted.push(table.requests.count() - before);
            Ok(took)
        },
        async || {
            bare += 1;
            table.get_lease_put(&format!("bare-{bare}"), &value).await
        },
    );
    let comparison = comparison.await?;
    let requests = counted.iter().sum::<u64>() as f64 / counted.len() as f64;
    Ok(Outcome { comparison, requests: Some(requests), bytes: BYTES })
}
