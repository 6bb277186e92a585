use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use larder_app::SystemEnvironment;
use larder_cache::store::DynamoDbStore;
use larder_cache::{
    Account, Cache, Directives, Environment, FetchOncePer, Key, Policy, Scope, Settings, Upstream, UpstreamError,
};
use larder_tests::DynamoDbLocal;

use crate::cloud::{Cloud, FIRST, REGION, item, table};
use crate::door::Door;

const TYPE: &str = "ec2-subnets";
const PATH: &str = "/ec2/subnets?region=us-east-1";

/// An answer that compresses to more than an item may hold: random hexadecimal digits.
struct Large(Bytes);

#[async_trait]
impl Upstream for Large {
    async fn fetch(&self) -> Result<Bytes, UpstreamError> {
        Ok(self.0.clone())
    }
}

impl Large {
    fn new() -> Self {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let digits = (0..80_000).map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            format!("{state:016x}")
        });
        Self(format!(r#"{{"subnets":[{{"subnetId":"{}"}}]}}"#, digits.collect::<String>()).into())
    }

    /// As another container would that got it from AWS.
    async fn keep(&self, cloud: &Cloud, table: &str) {
        let environment: Arc<dyn Environment> = Arc::new(SystemEnvironment::new());
        let store = DynamoDbStore::new(DynamoDbLocal::shared().await.client(), table, environment.clone());
        let cache = Cache::new(environment, Some(Arc::new(store)), Settings::default());
        let account = Account::Id(cloud.account(FIRST).id().to_string());
        let scope = Scope { partition: "aws".to_owned(), region: Some(REGION.to_owned()), account };
        let key = Key::new(TYPE, scope).expect("valid");
        let hour = Duration::from_hours(1);
        let policy = Policy {
            ttl: hour,
            stale_while_revalidate: hour,
            stale_if_error: hour,
            fetch_once_per: FetchOncePer::Fleet,
        };
        let upstream = Arc::new(Self(self.0.clone()));
        cache.get(&key, &policy, &Directives::default(), upstream).await.expect("an answer");
    }
}

/// One chunk with a byte turned, or one that is gone: the value is not put together from what is left.
#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_with_a_wrong_digest_or_none_is_a_miss() {
    let cloud = Cloud::start().await;
    let client = DynamoDbLocal::shared().await.client();
    let large = Large::new();
    for counter in ["corrupt", "chunkMissing"] {
        let (table, endpoint) = table().await;
        let env = cloud.env(FIRST, &[("AWS_ENDPOINT_URL_DYNAMODB", endpoint), ("CACHE_TABLE_NAME", &table)]);
        large.keep(&cloud, &table).await;
        let whole = Door::serve(&[], &env).await.get(PATH).await;
        assert!(whole.cache_status().ends_with("detail=store"), "{}", whole.cache_status());
        assert!(whole.text == large.0, "byte for byte");

        let entry = item(&table, &format!("{TYPE}#{REGION}#{}", cloud.account(FIRST).id())).await;
        let chunk = format!("#chunk#{}#1", entry["digest"].as_s().expect("a digest"));
        let mut chunk = item(&table, &chunk).await;
        if counter == "corrupt" {
            let mut data = chunk["data"].as_b().expect("bytes").clone().into_inner();
            data[7] ^= 1;
            chunk.insert("data".to_owned(), AttributeValue::B(Blob::new(data)));
            client.put_item().table_name(&table).set_item(Some(chunk)).send().await.expect("put");
        } else {
            let key = chunk.remove("cacheKey").expect("a key");
            client.delete_item().table_name(&table).key("cacheKey", key).send().await.expect("deleted");
        }
        let calls = cloud.calls();
        let door = Door::serve(&[], &env).await;
        let missed = door.get(PATH).await;
        assert!(missed.cache_status().starts_with("larder; fwd=miss; stored; "), "{}", missed.cache_status());
        assert!(missed.status == 200 && missed.text != whole.text && cloud.calls() > calls, "AWS's own answer");
        assert!(door.counted(counter).await > 0, "{counter}");
    }
}
