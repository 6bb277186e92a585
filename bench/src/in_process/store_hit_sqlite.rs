use std::sync::Arc;

use larder_cache::store::SqliteStore;

use super::asker::BYTES;
use super::processes::Processes;
use crate::arguments::Effort;
use crate::contest::contest;
use crate::measurements::Outcome;
use crate::sqlite::Bare;

pub(crate) async fn run(effort: Effort) -> anyhow::Result<Outcome> {
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
    Ok(Outcome { comparison: comparison.await?, requests: None, bytes: BYTES })
}
