use super::position::Position;
use super::{SqliteStore, integer, row};
use crate::store::{Listed, Metered, Page, StoreResult};

const PAGE: &str = "SELECT cache_key, data_type, region, account_id, created_at, expires_at, used_at, size FROM entry
    WHERE data_type = ?1 AND (created_at, cache_key) > (?2, ?3) ORDER BY created_at, cache_key LIMIT ?4";

/// One row more than asked for tells whether there is another page.
pub(super) async fn page(store: &SqliteStore, data_type: &str, after: Option<&str>, limit: usize) -> StoreResult<Page> {
    let limit = limit.max(1);
    let (created_at, key) = match after.map(Position::parse).transpose()? {
        Some(position) => (integer(position.created_at), position.key),
        None => (i64::MIN, String::new()),
    };
    let rows = sqlx::query(PAGE)
        .bind(data_type)
        .bind(created_at)
        .bind(key)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1))
        .fetch_all(&store.readers)
        .await
        .map_err(|error| store.fault(&error))?;
    let entries: Vec<Listed> = rows.iter().take(limit).filter_map(row::listed).collect();
    let next = entries.last().filter(|_| rows.len() > limit).map(|last| Position::of(last).to_string());
    Ok(Metered::free(Page { entries, next }))
}
