//! A table in DynamoDB Local, and the least that DynamoDB has to do.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use larder_cache::Key;
use larder_cache::store::{DynamoDbStore, Store};
use larder_tests::{DynamoDbLocal, SentRequests, create_table};

use crate::asker::environment;
use crate::stopwatch::Stopwatch;

/// The key of the epoch's item.
pub(crate) const EPOCH: &str = "#epoch";
const KEY: &str = "cacheKey";
/// As long as the token that names a lease's owner.
const OWNER: &str = "0123456789abcdef0123456789abcdef";

/// An item, as the SDK has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// A table, and its clients.
pub(crate) struct Table {
    /// The one that the cache uses: it gives up soon.
    pub(crate) client: Client,
    /// One that waits as long as the SDK does by default: batches may take seconds.
    pub(crate) patient: Client,
    pub(crate) name: String,
    /// What both send.
    pub(crate) requests: SentRequests,
    pub(crate) endpoint_url: &'static str,
}

impl Table {
    pub(crate) async fn create(name: impl Into<String>) -> anyhow::Result<Self> {
        let (local, requests, name) = (DynamoDbLocal::shared().await, SentRequests::default(), name.into());
        let plain = local.client();
        create_table(&plain, &name).await?;
        let counted = plain.config().to_builder().interceptor(requests.clone());
        let (client, patient) = (DynamoDbStore::client(counted.clone()), Client::from_conf(counted.build()));
        Ok(Self { client, patient, name, requests, endpoint_url: local.endpoint_url() })
    }

    /// The store in it.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        Arc::new(DynamoDbStore::new(self.client.clone(), self.name.clone(), environment()))
    }

    /// The item that a cache has written for a key.
    pub(crate) async fn item(&self, key: &Key) -> anyhow::Result<Item> {
        let get = self.client.get_item().table_name(&self.name).consistent_read(true);
        let found = get.set_key(Some(primary_key(key.as_str()))).send().await?;
        found.item.with_context(|| format!("{key} is not there"))
    }

    /// One strongly consistent BatchGetItem; how long it took.
    pub(crate) async fn batch_get(&self, keys: &[&str]) -> anyhow::Result<Duration> {
        let watch = Stopwatch::start();
        let keys_asked = keys.iter().map(|key| primary_key(key)).collect();
        let request = KeysAndAttributes::builder().consistent_read(true).set_keys(Some(keys_asked)).build()?;
        let answer = self.client.batch_get_item().request_items(&self.name, request).send().await?;
        let took = watch.elapsed();
        let items = answer.responses.and_then(|mut tables| tables.remove(&self.name)).context("no such table")?;
        ensure!(items.len() == keys.len(), "{} of {} items are there", items.len(), keys.len());
        Ok(took)
    }

    /// GetItem, a conditional put of a lease with the attributes that a cache's has, and a put of the entry; how long
    /// they took.
    pub(crate) async fn get_lease_put(&self, key: &Key, entry: &Item) -> anyhow::Result<Duration> {
        let mut entry = entry.clone();
        entry.extend(primary_key(key.as_str()));
        let attributes = [
            ("owner", AttributeValue::S(OWNER.to_owned())),
            ("until", AttributeValue::N("1800000000000".to_owned())),
            ("ttl", AttributeValue::N("1800000000".to_owned())),
        ];
        let mut lease = primary_key(&format!("#lease#{key}"));
        lease.extend(attributes.map(|(name, value)| (name.to_owned(), value)));

        let watch = Stopwatch::start();
        let get = self.client.get_item().table_name(&self.name).consistent_read(true);
        let found = get.set_key(Some(primary_key(key.as_str()))).send().await?;
        let put = self.client.put_item().table_name(&self.name).set_item(Some(lease));
        put.condition_expression("attribute_not_exists(cacheKey)").send().await?;
        self.client.put_item().table_name(&self.name).set_item(Some(entry)).send().await?;
        let took = watch.elapsed();
        ensure!(found.item.is_none(), "{key} was there already");
        Ok(took)
    }
}

/// What names an item in the table.
pub(crate) fn primary_key(key: &str) -> Item {
    HashMap::from([(KEY.to_owned(), AttributeValue::S(key.to_owned()))])
}
