use std::sync::Arc;

use larder_cache::store::SqliteStore;

use super::asker::{Asker, BYTES, Layer, key, value};
use crate::arguments::Effort;
use crate::contest::contest;
use crate::measurements::Outcome;
use crate::sqlite::Bare;

/// Every sample is another key.
pub(crate) async fn run(effort: Effort) -> anyhow::Result<Outcome> {
    let folder = tempfile::tempdir()?;
    let asker = Asker::fresh(Arc::new(SqliteStore::open(&folder.path().join("cache.sqlite")).await?));
    let mut bare = Bare::alone(&folder.path().join("bare.sqlite")).await?;
    let (mut number, mut name, value) = (0, 0, value());
    let comparison = contest(
        effort,
        effort.samples(25),
        async || {
            number += 1;
            asker.ask(&key(number)?, Layer::Upstream).await
        },
        async || {
            name += 1;
            bare.select_lease_insert(&format!("bare-{name}"), &value).await
        },
    );
    Ok(Outcome { comparison: comparison.await?, requests: None, bytes: BYTES })
}
