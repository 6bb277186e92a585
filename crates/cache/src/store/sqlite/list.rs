use std::future::ready;

use futures::{StreamExt, TryStreamExt};

use super::{SqliteStore, integer, row};
use crate::key::Key;
use crate::store::{Listed, Metered, Page, Position, StoreResult};

const AFTER: &str = "SELECT cache_key, data_type, region, account_id, created_at, expires_at, used_at, warmed, size,
    incarnation, fence, resource FROM entry WHERE data_type = ?1 AND (created_at, cache_key) > (?2, ?3) ORDER BY created_at, cache_key";

/// One entry more than asked for tells whether there is another page. Rows are read until there are so many, since
/// one that holds no entry is left out and must not end the listing.
pub(super) async fn page(
    store: &SqliteStore,
    data_type: &str,
    after: Option<&Position>,
    limit: usize,
) -> StoreResult<Page> {
    let limit = limit.max(1);
    let (created_at, key) = after.map_or((i64::MIN, ""), |position| (integer(position.created_at()), position.key()));
    let rows = sqlx::query(AFTER).bind(data_type).bind(created_at).bind(key).fetch(&store.readers);
    let listed = rows.try_filter_map(|row| ready(Ok(row::listed(&row).filter(|entry| Key::is_text(&entry.key)))));
    let listed = listed.take(limit.saturating_add(1)).try_collect::<Vec<_>>().await;
    let mut entries = listed.map_err(|error| store.fault(&error))?;
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| more).map(Listed::position);
    Ok(Metered::free(Page { entries, next }))
}
