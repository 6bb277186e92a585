use std::sync::Arc;

use larder_cache::store::SqliteStore;

use crate::arguments::Effort;
use crate::asker::{Asker, Layer, SIZE, key, value};
use crate::contest::contest;
use crate::row::Row;
use crate::sqlite::Bare;

/// Every sample is another key.
pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
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
    Ok(vec![Row::of(SIZE, comparison.await?, "SELECT + 2 INSERTs, bare")])
}
