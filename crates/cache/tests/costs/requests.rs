use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use larder_cache::store::DynamoDbStore;
use larder_cache::{Origin, Selector};
use larder_tests::{DynamoDbLocal, SentRequests, create_table};

use crate::container::{Container, SetClock, key};

const BYTES: usize = 10_000;

/// A table, and what was sent to it by the containers that share it.
struct Table {
    store: Arc<DynamoDbStore>,
    requests: SentRequests,
}

impl Table {
    async fn new() -> Self {
        static TABLES: AtomicU64 = AtomicU64::new(0);
        let (plain, requests) = (DynamoDbLocal::shared().await.client(), SentRequests::default());
        // As long as every other's: it is in every request.
        let name = format!("costs-{:04}", TABLES.fetch_add(1, Relaxed));
        create_table(&plain, &name).await.expect("a fresh table");
        let client = DynamoDbStore::client(plain.config().to_builder().interceptor(requests.clone()));
        Self { store: Arc::new(DynamoDbStore::new(client, name, Arc::new(SetClock::new()))), requests }
    }

    /// A container that starts now.
    fn container(&self) -> Container {
        Container::new(self.store.clone(), BYTES)
    }

    /// What was sent since this was last asked, and is answered.
    async fn sent(&self) -> String {
        self.requests.settle().await.expect("everything is answered");
        self.requests.take().to_string()
    }
}

#[tokio::test]
async fn a_memory_hit_sends_nothing_and_after_the_window_one_look() {
    let (table, key) = (Table::new().await, key(1));
    let container = table.container();
    container.get(&key).await.expect("fetched");
    container.get(&key).await.expect("a hit");
    table.sent().await;
    for _ in 0..100 {
        assert_eq!(container.get(&key).await.expect("a hit").origin, Origin::Memory);
    }
    assert_eq!(table.sent().await, "none");
    container.clock.pass(Duration::from_secs(3));
    for _ in 0..100 {
        assert_eq!(container.get(&key).await.expect("a hit").origin, Origin::Memory);
    }
    assert_eq!(table.sent().await, "GetItem");
}

#[tokio::test]
async fn a_store_hit_is_one_request_and_the_first_of_an_entry_says_once_that_it_was_used() {
    let (table, key) = (Table::new().await, key(1));
    table.container().get(&key).await.expect("fetched");
    for sent in ["BatchGetItem + UpdateItem", "BatchGetItem", "BatchGetItem"] {
        let container = table.container();
        table.sent().await;
        assert_eq!(container.get(&key).await.expect("a hit").origin, Origin::Store);
        assert_eq!(table.sent().await, sent);
    }
}

/// The read, the lease, and the entry, whose writing ends the lease.
#[tokio::test]
async fn a_miss_under_a_lease_is_three_requests() {
    let table = Table::new().await;
    let container = table.container();
    container.get(&key(0)).await.expect("fetched, and the epoch is made");
    for number in 1..10 {
        table.sent().await;
        let origin = container.get(&key(number)).await.expect("fetched").origin;
        assert!(matches!(origin, Origin::Upstream { stored: true, .. }), "{origin:?}");
        assert_eq!(table.sent().await, "BatchGetItem + 2 PutItem");
    }
}

#[tokio::test]
async fn an_invalidation_is_one_write_of_the_same_bytes_whatever_the_table_holds() {
    let table = Table::new().await;
    let container = table.container();
    let selector = Selector::default().data_type("ec2-subnets").expect("valid");
    container.cache.invalidate(&selector).await.expect("the epoch is made");
    let mut bytes = None;
    for entries in [0, 1, 60] {
        for number in 0..entries {
            container.get(&key(number)).await.expect("fetched");
        }
        table.sent().await;
        container.cache.invalidate(&selector).await.expect("acknowledged");
        let sent = table.requests.take();
        assert_eq!(sent.to_string(), "UpdateItem", "{entries} entries");
        assert_eq!(sent.bytes, *bytes.get_or_insert(sent.bytes), "{entries} entries");
    }
}
