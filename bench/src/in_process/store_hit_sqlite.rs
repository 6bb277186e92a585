use std::sync::Arc;

use larder_cache::store::SqliteStore;

use super::processes::Processes;
use crate::arguments::Effort;
use crate::asker::SIZE;
use crate::contest::contest;
use crate::row::Row;
use crate::sqlite::Bare;

pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("cache.sqlite");
    let mut processes = Processes::with_filled(Arc::new(SqliteStore::open(&path).await?)).await?;
    let mut bare = Bare::beside(&path).await?;
    let keys = processes.keys().to_vec();
    let mut turn = keys.iter().cycle();
    let comparison = contest(
        effort,
        effort.samples(100),
        async || {
            processes.begin().await?;
            processes.ask().await
        },
        async || bare.select_both(turn.next().map_or("", |key| key.as_str())).await,
    );
    Ok(vec![Row::of(SIZE, comparison.await?, "one SELECT of both rows, bare")])
}
