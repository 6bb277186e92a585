use sqlx::{Row, SqlitePool};

use super::{SqliteStore, epoch, integer, row};
use crate::key::Key;
use crate::store::item::FORMAT;
use crate::store::{ItemRead, Metered, Payload, Snapshot, StoreResult, StoredEntry};

/// One statement, so that epoch and entry are of one moment. There is always one row, with nulls for what isn't
/// there.
const READ: &str = "SELECT whole_epoch.incarnation AS epoch_incarnation, counter, marks, entry.*
    FROM (SELECT 1) LEFT JOIN whole_epoch LEFT JOIN entry ON cache_key = ?1";

const READ_ENTRY: &str = "SELECT * FROM entry WHERE cache_key = ?1";

const WRITE: &str =
    "INSERT OR REPLACE INTO entry (cache_key, incarnation, fence, format, data_type, region, account_id,
        resource, identity, created_at, expires_at, used_at, ttl, etag, forced, warmed, lease, size, digest, chunks, data)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21
    WHERE NOT EXISTS (SELECT 1 FROM entry WHERE cache_key = ?1 AND incarnation = ?2 AND fence > ?3)";

const MARK_USED: &str = "UPDATE entry SET used_at = ?3 WHERE cache_key = ?1 AND created_at = ?2 AND used_at IS NULL";

const DELETE: &str = "DELETE FROM entry WHERE cache_key = ?1 AND (?2 IS NULL OR resource IS NULL OR resource = ?2)";

const DELETE_CHUNKS: &str = "DELETE FROM chunk WHERE digest = (SELECT digest FROM entry
    WHERE cache_key = ?1 AND (?2 IS NULL OR resource IS NULL OR resource = ?2))";

const DELETE_LEASE: &str = "DELETE FROM lease WHERE cache_key = ?1 AND owner = (SELECT lease FROM entry
    WHERE cache_key = ?1 AND (?2 IS NULL OR resource IS NULL OR resource = ?2))";
/// A few at a time, so that no write waits long; more go than one write brings.
const FORGET: [&str; 3] = [
    "DELETE FROM entry WHERE rowid IN (SELECT rowid FROM entry WHERE ttl < ?1 LIMIT 16)",
    "DELETE FROM lease WHERE rowid IN (SELECT rowid FROM lease WHERE ttl < ?1 LIMIT 16)",
    "DELETE FROM chunk WHERE rowid IN (SELECT rowid FROM chunk WHERE ttl < ?1 LIMIT 16)",
];

pub(super) async fn read(store: &SqliteStore, key: &Key) -> StoreResult<Snapshot> {
    let row = sqlx::query(READ).bind(key.as_str()).fetch_one(&store.readers).await;
    let row = row.map_err(|error| store.fault(&error))?;
    let absent = row.try_get::<Option<String>, _>("cache_key").is_ok_and(|key| key.is_none());
    let entry = match row::parse(&row) {
        Some(entry) => ItemRead::Found(entry.into()),
        None if absent => ItemRead::Absent,
        None => ItemRead::Malformed { lease: row.try_get("lease").unwrap_or_default() },
    };
    Ok(Metered::free(Snapshot { epoch: epoch::parse(&row), entry }))
}

/// A row that holds no entry must not be in the way, whatever it says of its fence.
pub(super) async fn write(store: &SqliteStore, entry: &StoredEntry) -> StoreResult<bool> {
    let fault = |error: sqlx::Error| store.fault(&error);
    let mut written = put(&store.writer, entry).await.map_err(fault)?;
    if !written && remove_malformed(&store.writer, &entry.key).await.map_err(fault)? {
        written = put(&store.writer, entry).await.map_err(fault)?;
    }
    forget(&store.writer, entry.created_at / 1_000).await.map_err(fault)?;
    Ok(Metered::free(written))
}

pub(super) async fn mark_used(store: &SqliteStore, key: &Key, created_at: u64, used_at: u64) -> StoreResult<()> {
    let marked = sqlx::query(MARK_USED).bind(key.as_str()).bind(integer(created_at)).bind(integer(used_at));
    marked.execute(&store.writer).await.map_err(|error| store.fault(&error))?;
    Ok(Metered::free(()))
}

/// In one transaction: one flush, and no chunk outlives its entry.
pub(super) async fn delete(store: &SqliteStore, keys: &[String], resource: Option<&str>) -> StoreResult<u64> {
    let deleted = async {
        let mut transaction = store.writer.begin_with("BEGIN IMMEDIATE").await?;
        let mut deleted = 0;
        for key in keys {
            for beside in [DELETE_CHUNKS, DELETE_LEASE] {
                sqlx::query(beside).bind(key).bind(resource).execute(&mut *transaction).await?;
            }
            let entry = sqlx::query(DELETE).bind(key).bind(resource).execute(&mut *transaction).await?;
            deleted += entry.rows_affected();
        }
        transaction.commit().await?;
        Ok(deleted)
    };
    deleted.await.map(Metered::free).map_err(|error| store.fault(&error))
}

async fn put(writer: &SqlitePool, entry: &StoredEntry) -> sqlx::Result<bool> {
    let (digest, chunks, data) = match &entry.payload {
        Payload::Inline(bytes) => (None, None, Some(bytes.as_ref())),
        Payload::Chunked { digest, count } => (Some(digest.as_str()), Some(*count), None),
    };
    let identity = &entry.identity;
    let written = sqlx::query(WRITE)
        .bind(&entry.key)
        .bind(entry.fence.incarnation.to_string())
        .bind(integer(entry.fence.counter))
        .bind(FORMAT)
        .bind(&identity.data_type)
        .bind(&identity.region)
        .bind(&identity.account_id)
        .bind(&identity.resource)
        .bind(&identity.text)
        .bind(integer(entry.created_at))
        .bind(integer(entry.expires_at))
        .bind(entry.used_at.map(integer))
        .bind(integer(entry.ttl))
        .bind(&entry.etag)
        .bind(entry.forced)
        .bind(entry.warmed)
        .bind(&entry.lease)
        .bind(integer(entry.size))
        .bind(digest)
        .bind(chunks)
        .bind(data)
        .execute(writer)
        .await?;
    Ok(written.rows_affected() > 0)
}

/// Removes the row of a key if it still is what was just read, and that is no entry; whether it did.
async fn remove_malformed(writer: &SqlitePool, key: &str) -> sqlx::Result<bool> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let row = sqlx::query(READ_ENTRY).bind(key).fetch_optional(&mut *transaction).await?;
    let malformed = row.is_some_and(|row| row::parse(&row).is_none());
    if malformed {
        sqlx::query("DELETE FROM entry WHERE cache_key = ?1").bind(key).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(malformed)
}

/// Removes what nothing will use any more, so that the file doesn't grow for ever. The new entry's own time is the
/// clock.
async fn forget(writer: &SqlitePool, now: u64) -> sqlx::Result<()> {
    for statement in FORGET {
        sqlx::query(statement).bind(integer(now)).execute(writer).await?;
    }
    Ok(())
}
