//! The store that containers share: one DynamoDB table, laid out as [the table](crate#the-table) is.

mod attribute;
mod backoff;
mod batch;
mod chunk;
mod connection;
mod entry;
mod epoch;
mod fault;
mod lease;
mod list;
mod refusal;

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use bytes::Bytes;

use super::{ChunkId, Claim, LeaseAttempt, LeaseItem, Page, Position, Snapshot, Store, StoreResult, StoredEntry};
use crate::environment::Environment;
use crate::epoch::{Epoch, Incarnation, Marks};
use crate::key::Key;
use crate::selector::Selector;

/// DynamoDB's limit for one item is 400 KB (409,600 bytes), attribute names included. What is left covers them, a key
/// and an identity of at most 0.7 KB each and a resource, with a wide margin for attributes that come later.
const LARGEST_INLINE: usize = 350 * 1024;

/// The store in a DynamoDB table.
///
/// Conditions are part of the write that they guard. A write that the SDK sent twice, because its first answer was
/// lost, does no harm: an epoch advanced twice is one invalidation more, everything else comes to the same.
pub struct DynamoDbStore {
    client: Client,
    table: String,
    environment: Arc<dyn Environment>,
}

impl DynamoDbStore {
    /// What the store needs to be permitted, on the table and on its [`Self::INDEX`].
    pub const IAM_ACTIONS: &'static [&'static str] = &[
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    ];

    /// The index that lists entries by data type and age.
    pub const INDEX: &'static str = "dataType-createdAt-index";

    /// The store in `table`, which must exist with its index; nothing is asked yet. How often and how long `client`
    /// tries is its owner's matter: see [`Self::client`].
    pub fn new(client: Client, table: impl Into<String>, environment: Arc<dyn Environment>) -> Self {
        Self { client, table: table.into(), environment }
    }

    /// A client that fails fast, from an `&SdkConfig` or a configuration of one's own: a store that is slower than
    /// upstream is of no use.
    pub fn client(configuration: impl Into<Builder>) -> Client {
        connection::fail_fast(configuration.into())
    }
}

#[async_trait]
impl Store for DynamoDbStore {
    fn largest_inline(&self) -> usize {
        LARGEST_INLINE
    }

    async fn read(&self, key: &Key) -> StoreResult<Snapshot> {
        entry::read(self, key).await
    }

    async fn read_epoch(&self) -> StoreResult<Option<Epoch>> {
        epoch::read(self).await
    }

    async fn create_epoch(&self, incarnation: Incarnation) -> StoreResult<Epoch> {
        epoch::create(self, incarnation).await
    }

    async fn advance_epoch(&self, selector: &Selector) -> StoreResult<Option<Epoch>> {
        epoch::advance(self, selector).await
    }

    async fn fold_epoch(&self, seen: &Epoch, marks: &Marks) -> StoreResult<bool> {
        epoch::fold(self, seen, marks).await
    }

    async fn write_entry(&self, entry: &StoredEntry) -> StoreResult<bool> {
        entry::write(self, entry).await
    }

    async fn mark_used(&self, key: &Key, created_at: u64, used_at: u64) -> StoreResult<()> {
        entry::mark_used(self, key, created_at, used_at).await
    }

    async fn write_chunks(&self, chunks: &[(ChunkId, Bytes)], ttl: u64) -> StoreResult<()> {
        chunk::write(self, chunks, ttl).await
    }

    async fn read_chunks(&self, ids: &[ChunkId]) -> StoreResult<Vec<Option<Bytes>>> {
        chunk::read(self, ids).await
    }

    async fn take_lease(&self, key: &Key, lease: &LeaseItem, claim: &Claim) -> StoreResult<LeaseAttempt> {
        lease::take(self, key, lease, claim).await
    }

    async fn release_lease(&self, key: &Key, owner: &str) -> StoreResult<()> {
        lease::release(self, key, owner).await
    }

    async fn list(&self, data_type: &str, after: Option<&Position>, limit: usize) -> StoreResult<Page> {
        list::page(self, data_type, after, limit).await
    }

    async fn delete(&self, keys: &[String], resource: Option<&str>) -> StoreResult<u64> {
        entry::delete(self, keys, resource).await
    }
}
