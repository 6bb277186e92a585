use bytes::Bytes;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::epoch::{Fence, Incarnation};
use crate::store::item::{FORMAT, MOST_CHUNKS};
use crate::store::{Fenced, ItemIdentity, Listed, Payload, StoredEntry};

/// The entry in a row that has all columns of the table, or `None` for one that is not understood.
pub(super) fn parse(row: &SqliteRow) -> Option<StoredEntry> {
    let format: u32 = row.try_get("format").ok()?;
    if format != FORMAT {
        return None;
    }
    let data: Option<Vec<u8>> = row.try_get("data").ok()?;
    let payload = match (data, row.try_get("digest").ok()?, row.try_get("chunks").ok()?) {
        (Some(data), None, None) => Payload::Inline(Bytes::from(data)),
        (None, Some(digest), Some(count)) if count <= MOST_CHUNKS => Payload::Chunked { digest, count },
        _ => return None,
    };
    let listed = listed(row)?;
    let Fenced { fence, resource } = listed.fenced?;
    Some(StoredEntry {
        key: listed.key,
        identity: ItemIdentity {
            text: row.try_get("identity").ok()?,
            data_type: listed.data_type,
            region: listed.region,
            account_id: listed.account_id,
            resource,
        },
        created_at: listed.created_at,
        expires_at: listed.expires_at,
        used_at: listed.used_at,
        ttl: row.try_get("ttl").ok()?,
        fence,
        etag: row.try_get("etag").ok()?,
        forced: row.try_get("forced").ok()?,
        warmed: listed.warmed,
        lease: row.try_get("lease").ok()?,
        size: listed.size,
        payload,
    })
}

/// What a listing tells of the entry in a row, or `None` for one that is not understood.
pub(super) fn listed(row: &SqliteRow) -> Option<Listed> {
    Some(Listed {
        key: row.try_get("cache_key").ok()?,
        data_type: row.try_get("data_type").ok()?,
        region: row.try_get("region").ok()?,
        account_id: row.try_get("account_id").ok()?,
        created_at: row.try_get("created_at").ok()?,
        expires_at: row.try_get("expires_at").ok()?,
        used_at: row.try_get("used_at").ok()?,
        warmed: row.try_get("warmed").ok()?,
        size: row.try_get("size").ok()?,
        fenced: fenced(row),
    })
}

fn fenced(row: &SqliteRow) -> Option<Fenced> {
    let incarnation: String = row.try_get("incarnation").ok()?;
    let fence = Fence { incarnation: Incarnation::parse(&incarnation)?, counter: row.try_get("fence").ok()? };
    Some(Fenced { fence, resource: row.try_get("resource").ok()? })
}
