//! A table in DynamoDB Local, and the least that DynamoDB has to do.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::{BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use larder_cache::store::DynamoDbStore;
use larder_tests::{DynamoDbLocal, create_table, wait_until};

use crate::stopwatch::Stopwatch;

/// The key of the epoch's item.
pub(crate) const EPOCH: &str = "#epoch";
const KEY: &str = "cacheKey";

/// A table, and the client that the cache uses for it.
pub(crate) struct Table {
    pub(crate) client: Client,
    pub(crate) name: &'static str,
    pub(crate) requests: Requests,
    pub(crate) endpoint_url: &'static str,
}

/// Counts the requests that a client sends, retries included, and those that are under way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Requests(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    sent: AtomicU64,
    answered: AtomicU64,
}

impl Table {
    pub(crate) async fn create(name: &'static str) -> anyhow::Result<Self> {
        let (local, requests) = (DynamoDbLocal::shared().await, Requests::default());
        let plain = local.client();
        create_table(&plain, name).await?;
        let client = DynamoDbStore::client(plain.config().to_builder().interceptor(requests.clone()));
        Ok(Self { client, name, requests, endpoint_url: local.endpoint_url() })
    }

    /// Waits until no request is under way that an answer did not wait for.
    pub(crate) async fn settle(&self) -> anyhow::Result<()> {
        // What was spawned has to have begun to be seen.
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
        wait_until("no request is under way", async || Ok(self.requests.is_idle().then_some(()))).await
    }

    /// One strongly consistent BatchGetItem; how long it took.
    pub(crate) async fn batch_get(&self, keys: &[&str]) -> anyhow::Result<Duration> {
        let watch = Stopwatch::start();
        let keys_asked = keys.iter().map(|key| primary_key(key)).collect();
        let request = KeysAndAttributes::builder().consistent_read(true).set_keys(Some(keys_asked)).build()?;
        let answer = self.client.batch_get_item().request_items(self.name, request).send().await?;
        let took = watch.elapsed();
        let items = answer.responses.and_then(|mut tables| tables.remove(self.name)).context("no such table")?;
        ensure!(items.len() == keys.len(), "{} of {} items are there", items.len(), keys.len());
        Ok(took)
    }

    /// GetItem, a conditional put for the lease, and a put of the value; how long they took.
    pub(crate) async fn get_lease_put(&self, key: &str, value: &[u8]) -> anyhow::Result<Duration> {
        let watch = Stopwatch::start();
        let get = self.client.get_item().table_name(self.name).consistent_read(true);
        let found = get.set_key(Some(primary_key(key))).send().await?;
        let lease = self.client.put_item().table_name(self.name).set_item(Some(primary_key(&format!("lease-{key}"))));
        lease.condition_expression("attribute_not_exists(cacheKey)").send().await?;
        let put = self.client.put_item().table_name(self.name).set_item(Some(primary_key(key)));
        put.item("data", AttributeValue::B(Blob::new(value))).send().await?;
        let took = watch.elapsed();
        ensure!(found.item.is_none(), "{key} was there already");
        Ok(took)
    }
}

impl Requests {
    pub(crate) fn count(&self) -> u64 {
        self.0.sent.load(Ordering::Relaxed)
    }

    fn is_idle(&self) -> bool {
        self.0.answered.load(Ordering::Relaxed) == self.count()
    }
}

impl Intercept for Requests {
    fn name(&self) -> &'static str {
        "Requests"
    }

    fn read_before_attempt(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _configuration: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.sent.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn read_after_attempt(
        &self,
        _context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _configuration: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.answered.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

fn primary_key(key: &str) -> HashMap<String, AttributeValue> {
    HashMap::from([(KEY.to_owned(), AttributeValue::S(key.to_owned()))])
}
