use std::collections::BTreeMap;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{SqliteStore, integer};
use crate::epoch::{Epoch, Incarnation, Marks};
use crate::selector::Selector;
use crate::store::{Metered, StoreError, StoreResult, mark};

const READ: &str = "SELECT incarnation AS epoch_incarnation, counter, marks FROM whole_epoch";

const CREATE: &str = "INSERT INTO epoch (id, incarnation, counter, marks) VALUES (1, ?1, 0, '{}')
    ON CONFLICT (id) DO UPDATE SET incarnation = excluded.incarnation, counter = 0, marks = '{}'
    WHERE NOT EXISTS (SELECT 1 FROM whole_epoch)";

/// Right sides see the row as it was: the mark is the new counter.
const ADVANCE: &str = "UPDATE epoch SET counter = counter + 1,
    marks = json_patch(marks, json_object(?1, counter + 1))
    WHERE EXISTS (SELECT 1 FROM whole_epoch) RETURNING incarnation AS epoch_incarnation, counter, marks";

const FOLD: &str = "UPDATE epoch SET marks = ?1 WHERE incarnation = ?2 AND counter = ?3";

pub(super) async fn read(store: &SqliteStore) -> StoreResult<Option<Epoch>> {
    let row = sqlx::query(READ).fetch_optional(&store.readers).await.map_err(|error| store.fault(&error))?;
    Ok(Metered::free(row.as_ref().and_then(parse)))
}

pub(super) async fn create(store: &SqliteStore, incarnation: Incarnation) -> StoreResult<Epoch> {
    let created = sqlx::query(CREATE).bind(incarnation.to_string()).execute(&store.writer).await;
    created.map_err(|error| store.fault(&error))?;
    let epoch = read(store).await?.value;
    epoch
        .map(Metered::free)
        .ok_or_else(|| StoreError::Failed(format!("cache file {}: the epoch vanished", store.path.display()).into()))
}

/// All rows are asked for, though there is one at most: SQLite commits when it has given the last.
pub(super) async fn advance(store: &SqliteStore, selector: &Selector) -> StoreResult<Option<Epoch>> {
    let rows = sqlx::query(ADVANCE).bind(selector.to_string()).fetch_all(&store.writer).await;
    Ok(Metered::free(rows.map_err(|error| store.fault(&error))?.first().and_then(parse)))
}

pub(super) async fn fold(store: &SqliteStore, seen: &Epoch, marks: &Marks) -> StoreResult<bool> {
    let marks: BTreeMap<String, u64> = marks.iter().map(|(selector, mark)| (selector.to_string(), *mark)).collect();
    let marks = serde_json::to_string(&marks).map_err(|error| StoreError::Failed(error.to_string().into()))?;
    let folded = sqlx::query(FOLD)
        .bind(marks)
        .bind(seen.incarnation.to_string())
        .bind(integer(seen.counter))
        .execute(&store.writer)
        .await
        .map_err(|error| store.fault(&error))?;
    Ok(Metered::free(folded.rows_affected() == 1))
}

/// The epoch in a row, or `None` where there is none or a malformed one. Its incarnation has a name of its own, as
/// an entry in the same row has one too.
pub(super) fn parse(row: &SqliteRow) -> Option<Epoch> {
    let incarnation: String = row.try_get("epoch_incarnation").ok()?;
    let marks: String = row.try_get("marks").ok()?;
    let stored: BTreeMap<String, u64> = serde_json::from_str(&marks).ok()?;
    let mut marks = Marks::new();
    for (selector, mark) in stored {
        mark::raise(&mut marks, &selector, mark);
    }
    Some(Epoch { incarnation: Incarnation::parse(&incarnation)?, counter: row.try_get("counter").ok()?, marks })
}
