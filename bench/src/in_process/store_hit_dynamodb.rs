use std::collections::BTreeSet;

use super::processes::Processes;
use crate::arguments::Effort;
use crate::asker::SIZE;
use crate::contest::contest;
use crate::dynamodb::{EPOCH, Table};
use crate::row::Row;

pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let table = Table::create("bench-store-hit").await?;
    let mut processes = Processes::with_filled(table.store()).await?;
    table.requests.settle().await?;

    let keys = processes.keys().to_vec();
    let (mut turn, mut asked) = (keys.iter().cycle(), BTreeSet::new());
    let comparison = contest(
        effort,
        effort.samples(50),
        async || {
            processes.begin().await?;
            table.requests.take();
            let took = processes.ask().await?;
            table.requests.settle().await?;
            asked.insert(table.requests.take().to_string());
            Ok(took)
        },
        async || table.batch_get(&[EPOCH, turn.next().map_or("", |key| key.as_str())]).await,
    );
    let row = Row::of(SIZE, comparison.await?, "BatchGetItem of both items, bare").at_most(1.25);
    let asked = asked.into_iter().collect::<Vec<_>>().join(", or ");
    Ok(vec![row.and("exactly 1 request", asked == "BatchGetItem").counted(asked)])
}
