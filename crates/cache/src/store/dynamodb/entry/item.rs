use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::super::attribute::{Item, number_of, text_of};
use crate::epoch::{Fence, Incarnation};
use crate::store::item::{FORMAT, MOST_CHUNKS};
use crate::store::{ChunkId, ItemIdentity, ItemRead, Payload, StoredEntry};

const DATA: &str = "data";

/// The attributes of an entry but `data`, which goes as it is.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryItem {
    cache_key: String,
    format: u32,
    data_type: String,
    region: String,
    account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    identity: String,
    created_at: u64,
    expires_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    used_at: Option<u64>,
    ttl: u64,
    incarnation: String,
    fence: u64,
    etag: String,
    forced: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    warmed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lease: Option<String>,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    chunks: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

/// The item that holds an entry.
pub(super) fn of(entry: &StoredEntry) -> Result<Item, serde_dynamo::Error> {
    let (data, digest, chunks) = match &entry.payload {
        Payload::Inline(bytes) => (Some(AttributeValue::B(Blob::new(bytes.to_vec()))), None, None),
        Payload::Chunked { digest, count } => (None, Some(digest.clone()), Some(*count)),
    };
    let identity = entry.identity.clone();
    let mut item: Item = serde_dynamo::to_item(EntryItem {
        cache_key: entry.key.clone(),
        format: FORMAT,
        data_type: identity.data_type,
        region: identity.region,
        account_id: identity.account_id,
        resource: identity.resource,
        identity: identity.text,
        created_at: entry.created_at,
        expires_at: entry.expires_at,
        used_at: entry.used_at,
        ttl: entry.ttl,
        incarnation: entry.fence.incarnation.to_string(),
        fence: entry.fence.counter,
        etag: entry.etag.clone(),
        forced: entry.forced,
        // Left out of the others, and so of the index.
        warmed: entry.warmed.then_some(true),
        lease: entry.lease.clone(),
        size: entry.size,
        chunks,
        digest,
    })?;
    item.extend(data.map(|data| (DATA.to_owned(), data)));
    Ok(item)
}

/// What an item is to a reader.
pub(super) fn read(item: Item) -> ItemRead {
    let lease = text_of(&item, "lease").map(ToOwned::to_owned);
    parse(item).map_or(ItemRead::Malformed { lease }, |entry| ItemRead::Found(entry.into()))
}

/// The entry in an item, or `None` for one that is not understood.
pub(super) fn parse(mut item: Item) -> Option<StoredEntry> {
    let data = item.remove(DATA);
    let item = attributes(item)?;
    if item.format != FORMAT {
        return None;
    }
    let payload = match (data, item.digest, item.chunks) {
        (Some(AttributeValue::B(data)), None, None) => Payload::Inline(Bytes::from(data.into_inner())),
        (None, Some(digest), Some(count)) if count <= MOST_CHUNKS => Payload::Chunked { digest, count },
        _ => return None,
    };
    Some(StoredEntry {
        key: item.cache_key,
        identity: ItemIdentity {
            text: item.identity,
            data_type: item.data_type,
            region: item.region,
            account_id: item.account_id,
            resource: item.resource,
        },
        created_at: item.created_at,
        expires_at: item.expires_at,
        used_at: item.used_at,
        ttl: item.ttl,
        fence: Fence { incarnation: Incarnation::parse(&item.incarnation)?, counter: item.fence },
        etag: item.etag,
        forced: item.forced,
        warmed: item.warmed == Some(true),
        lease: item.lease,
        size: item.size,
        payload,
    })
}

/// The chunks that an item names; none where it is not understood, as they are forgotten by their own `ttl` anyhow.
pub(super) fn chunks(item: &Item) -> Vec<ChunkId> {
    let digest = text_of(item, "digest");
    let count = number_of(item, "chunks").and_then(|count| u32::try_from(count).ok());
    match (digest, count) {
        (Some(digest), Some(count)) if count <= MOST_CHUNKS => {
            Payload::Chunked { digest: digest.to_owned(), count }.chunks()
        }
        _ => Vec::new(),
    }
}

/// serde_dynamo panics at a value of a type that the SDK doesn't know, so attributes with one are left out.
fn attributes(mut item: Item) -> Option<EntryItem> {
    item.retain(|_, value| is_known(value));
    serde_dynamo::from_item(item).ok()
}

/// Whether the SDK knows its type, and those of all within it.
fn is_known(value: &AttributeValue) -> bool {
    match value {
        AttributeValue::L(values) => values.iter().all(is_known),
        AttributeValue::M(values) => values.values().all(is_known),
        value => !value.is_unknown(),
    }
}
