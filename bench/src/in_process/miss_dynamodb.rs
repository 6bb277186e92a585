use std::collections::BTreeSet;

use crate::arguments::Effort;
use crate::asker::{Asker, Layer, SIZE, key};
use crate::contest::contest;
use crate::dynamodb::Table;
use crate::row::Row;

/// The first key that the bare requests write.
const BARE: u64 = 500_000_000_000;

/// Every sample is another key, under an epoch that is there already. The bare requests put the entry that a cache has
/// written, under other keys.
pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let table = Table::create("bench-miss").await?;
    let asker = Asker::fresh(table.store());
    let first = key(0)?;
    asker.ask(&first, Layer::Upstream).await?;
    table.requests.settle().await?;
    let (mut number, mut bare, mut asked, entry) = (0, BARE, BTreeSet::new(), table.item(&first).await?);
    let comparison = contest(
        effort,
        effort.samples(25),
        async || {
            number += 1;
            let key = key(number)?;
            table.requests.take();
            let took = asker.ask(&key, Layer::Upstream).await?;
            // What goes on after the answer counts too.
            table.requests.settle().await?;
            asked.insert(table.requests.take().to_string());
            Ok(took)
        },
        async || {
            bare += 1;
            table.get_lease_put(&key(bare)?, &entry).await
        },
    );
    let peer = "GetItem + conditional PutItem + PutItem of the same items, bare";
    let row = Row::of(SIZE, comparison.await?, peer).at_most(1.25);
    Ok(vec![row.counted(asked.into_iter().collect::<Vec<_>>().join(", or "))])
}
