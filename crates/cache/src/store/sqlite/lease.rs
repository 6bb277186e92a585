use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{SqliteStore, integer};
use crate::key::Key;
use crate::store::{Claim, LeaseAttempt, LeaseItem, Metered, StoreResult};

const TAKE: &str = "INSERT INTO lease (cache_key, owner, until, ttl, ended) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (cache_key) DO UPDATE
    SET owner = excluded.owner, until = excluded.until, ttl = excluded.ttl, ended = excluded.ended
    WHERE lease.owner = ?6 AND NOT (?7 AND lease.ended)";
const RELEASE: &str = "UPDATE lease SET ended = TRUE WHERE cache_key = ?1 AND owner = ?2";

pub(super) async fn take(
    store: &SqliteStore,
    key: &Key,
    lease: &LeaseItem,
    claim: &Claim,
) -> StoreResult<LeaseAttempt> {
    let (over, renewal) = match claim {
        Claim::New => (None, false),
        Claim::TakeOver(owner) => (Some(owner), false),
        Claim::Renewal(owner) => (Some(owner), true),
    };
    loop {
        let taken = sqlx::query(TAKE)
            .bind(key.as_str())
            .bind(&lease.owner)
            .bind(integer(lease.until))
            .bind(integer(lease.ttl))
            .bind(lease.ended)
            .bind(over)
            .bind(renewal)
            .execute(&store.writer)
            .await
            .map_err(|error| store.fault(&error))?;
        if taken.rows_affected() > 0 {
            return Ok(Metered::free(LeaseAttempt::Taken));
        }
        let held = sqlx::query("SELECT owner, until, ttl, ended FROM lease WHERE cache_key = ?1").bind(key.as_str());
        let held = held.fetch_optional(&store.readers).await.map_err(|error| store.fault(&error))?;
        // Forgotten in between: then there is none to tell of, but one to take.
        if let Some(held) = held {
            return Ok(Metered::free(LeaseAttempt::Held(parse(&held))));
        }
    }
}

pub(super) async fn release(store: &SqliteStore, key: &Key, owner: &str) -> StoreResult<()> {
    let released = sqlx::query(RELEASE).bind(key.as_str()).bind(owner);
    released.execute(&store.writer).await.map_err(|error| store.fault(&error))?;
    Ok(Metered::free(()))
}

/// A moment that is no whole number counts as long past, so that the lease can be taken over.
fn parse(row: &SqliteRow) -> LeaseItem {
    LeaseItem {
        owner: row.try_get("owner").unwrap_or_default(),
        until: row.try_get("until").unwrap_or_default(),
        ttl: row.try_get("ttl").unwrap_or_default(),
        ended: row.try_get("ended").unwrap_or_default(),
    }
}
