use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use larder_app::SystemEnvironment;
use larder_cache::store::{DynamoDbStore, Store};
use larder_cache::{
    Account, Answer, Cache, Directives, Environment, FetchOncePer, Key, Origin, Policy, Scope, Settings, Upstream,
    UpstreamError,
};
use larder_tests::{DynamoDbLocal, create_table};

/// More than an item may hold, and nothing that compresses.
const SIZE: usize = 1_500_000;
const HOUR: std::time::Duration = std::time::Duration::from_secs(3_600);

struct Fixed(Bytes);

#[async_trait]
impl Upstream for Fixed {
    async fn fetch(&self) -> Result<Bytes, UpstreamError> {
        Ok(self.0.clone())
    }
}

fn incompressible() -> Bytes {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..SIZE).map(next).collect()
}

fn key() -> Key {
    let scope = Scope {
        partition: "aws".into(),
        region: Some("us-east-1".into()),
        account: Account::Id("111122223333".into()),
    };
    Key::new("ec2-subnets", scope).expect("valid")
}

async fn get(table: &str, value: Bytes) -> Answer {
    let environment: Arc<dyn Environment> = Arc::new(SystemEnvironment::new());
    let client = DynamoDbLocal::shared().await.client();
    let store: Arc<dyn Store> = Arc::new(DynamoDbStore::new(client, table, environment.clone()));
    let cache = Cache::new(environment, Some(store), Settings::default());
    let policy =
        Policy { ttl: HOUR, stale_while_revalidate: HOUR, stale_if_error: HOUR, fetch_once_per: FetchOncePer::Fleet };
    let upstream: Arc<dyn Upstream> = Arc::new(Fixed(value));
    cache.get(&key(), &policy, &Directives::default(), &upstream).await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn byte_for_byte_and_with_a_chunk_deleted_it_is_a_miss() {
    let table = "larder-query-cache-large";
    let client = DynamoDbLocal::shared().await.client();
    create_table(&client, table).await.expect("the table is made");
    let value = incompressible();

    let filled = get(table, value.clone()).await;
    assert!(matches!(filled.origin, Origin::Upstream { stored: true, .. }), "{:?}", filled.origin);
    let read = get(table, Bytes::from_static(b"something else")).await;
    assert_eq!(read.origin, Origin::Store, "another process finds it");
    assert!(read.value == value, "byte for byte");

    let items = client.scan().table_name(table).send().await.expect("a scan").items.expect("items");
    let keys = items.iter().filter_map(|item| item["cacheKey"].as_s().ok());
    let chunks: Vec<_> = keys.filter(|key| key.starts_with("#chunk#")).collect();
    assert!(chunks.len() > SIZE / 400_000, "{chunks:?}");
    let last = AttributeValue::S(chunks[chunks.len() - 1].clone());
    client.delete_item().table_name(table).key("cacheKey", last).send().await.expect("deleted");
    let missed = get(table, Bytes::from_static(b"something else")).await;
    assert!(matches!(missed.origin, Origin::Upstream { .. }), "{:?}", missed.origin);
    assert_eq!(missed.value, "something else");
}
