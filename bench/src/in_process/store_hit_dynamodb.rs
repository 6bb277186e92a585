use std::collections::BTreeSet;

use super::processes::Processes;
use crate::arguments::Effort;
use crate::asker::SIZE;
use crate::contest::contest;
use crate::dynamodb::{EPOCH, Table};
use crate::figure::Figure;
use crate::row::{Row, Target};

pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let table = Table::create("bench-store-hit").await?;
    let mut processes = Processes::with_filled(table.store()).await?;
    table.requests.settle().await?;

    let keys = processes.keys().to_vec();
    let (mut turn, mut asked, mut most) = (keys.iter().cycle(), BTreeSet::new(), 0);
    let comparison = contest(
        effort,
        effort.samples(50),
        async || {
            processes.begin().await?;
            table.requests.take();
            let took = processes.ask().await?;
            table.requests.settle().await?;
            let requests = table.requests.take();
            most = most.max(requests.count());
            asked.insert(requests.to_string());
            Ok(took)
        },
        async || table.batch_get(&[EPOCH, turn.next().map_or("", |key| key.as_str())]).await,
    );
    let floor = "BatchGetItem of both items, bare";
    let time = Row::of(SIZE, comparison.await?, floor).at_most(1.25);
    let one = Target { wanted: "exactly 1 request".to_owned(), met: most == 1 };
    let requests = Row::new("requests", Figure::Calls(most as f64), floor, Figure::Calls(1.0)).reaching(one);
    Ok(vec![time.counted(asked.into_iter().collect::<Vec<_>>().join(", or ")), requests])
}
