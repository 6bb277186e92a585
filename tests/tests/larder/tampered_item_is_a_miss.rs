use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use larder_app::SystemEnvironment;
use larder_cache::store::DynamoDbStore;
use larder_cache::{
    Account, Cache, Directives, Environment, FetchOncePer, Key, Policy, Scope, Settings, Upstream, UpstreamError,
};
use larder_tests::DynamoDbLocal;

use crate::cloud::{Cloud, FIRST, REGION, SECOND, table};
use crate::door::{Door, Reply};
use crate::sqlite_file::SqliteFile;

const TYPE: &str = "ec2-subnets";
const PATH: &str = "/ec2/subnets?region=us-east-1";

type Item = HashMap<String, AttributeValue>;

/// What is done to an item, given another account's whole one of the same data type; and what counts it.
struct Tampering {
    what: &'static str,
    counter: &'static str,
    of_item: fn(&mut Item, Item),
    /// As SQL for the row; what STRICT lets nobody write is left out.
    of_row: Option<&'static str>,
}

const TAMPERINGS: &[Tampering] = &[
    Tampering {
        what: "an older format",
        counter: "malformed",
        of_item: |item, _| put(item, "format", AttributeValue::N("0".to_owned())),
        of_row: Some("format = 0"),
    },
    Tampering {
        what: "a newer format",
        counter: "malformed",
        of_item: |item, _| put(item, "format", AttributeValue::N("2".to_owned())),
        of_row: Some("format = 2"),
    },
    Tampering {
        what: "no incarnation",
        counter: "malformed",
        of_item: |item, _| drop(item.remove("incarnation")),
        of_row: Some("incarnation = ''"),
    },
    Tampering {
        what: "a fence of another type",
        counter: "malformed",
        of_item: |item, _| put(item, "fence", AttributeValue::S("yesterday".to_owned())),
        of_row: None,
    },
    Tampering {
        what: "no value at all",
        counter: "malformed",
        of_item: |item, _| drop(item.remove("data")),
        of_row: Some("data = NULL"),
    },
    Tampering {
        what: "another digest",
        counter: "corrupt",
        of_item: |item, _| put(item, "etag", AttributeValue::S("0".repeat(32))),
        of_row: Some("etag = '00000000000000000000000000000000'"),
    },
    Tampering {
        what: "a value that is no zstd",
        counter: "corrupt",
        of_item: |item, _| put(item, "data", AttributeValue::B(Blob::new(b"a web page"))),
        of_row: Some("data = x'00010203'"),
    },
    Tampering {
        what: "another account's value under its own name",
        counter: "corrupt",
        of_item: |item, mut other| {
            for part in ["data", "size"] {
                put(item, part, other.remove(part).expect("a whole item"));
            }
        },
        of_row: Some("(data, size) = (SELECT data, size FROM entry WHERE account_id = '444455556666')"),
    },
    Tampering {
        what: "another account's whole item",
        counter: "foreign",
        of_item: |item, other| {
            let key = item.remove("cacheKey").expect("a key");
            *item = other;
            put(item, "cacheKey", key);
        },
        of_row: Some(
            "(account_id, identity, etag, data, size) =
                (SELECT account_id, identity, etag, data, size FROM entry WHERE account_id = '444455556666')",
        ),
    },
];

fn put(item: &mut Item, name: &str, value: AttributeValue) {
    item.insert(name.to_owned(), value);
}

/// The table's key of what [`PATH`] asks of an account.
fn cache_key(cloud: &Cloud, account: usize) -> String {
    format!("{}#{REGION}#{}", TYPE, cloud.account(account).id())
}

/// Both accounts' answers as AWS gives them, kept in the store.
async fn fill(cloud: &Cloud, open: &impl AsyncFn(usize) -> Door) -> Reply {
    let other = open(SECOND).await.get(PATH).await;
    let fresh = open(FIRST).await.get(PATH).await;
    assert_eq!((fresh.status, other.status), (200, 200));
    assert_ne!(fresh.text, other.text, "nobody would notice: {}", cache_key(cloud, FIRST));
    fresh
}

/// The next process finds a whole item; after the tampering another one finds none, counts that, and replaces it.
async fn check(cloud: &Cloud, fresh: &Reply, tampering: &Tampering, open: impl AsyncFn() -> Door, tamper: impl Future) {
    let what = tampering.what;
    let whole = open().await.get(PATH).await;
    assert!(whole.cache_status().ends_with("detail=store"), "before {what}: {}", whole.cache_status());
    tamper.await;
    let calls = cloud.calls();
    let door = open().await;
    let reply = door.get(PATH).await;
    assert_eq!((reply.status, &reply.text), (200, &fresh.text), "{what}");
    assert!(reply.cache_status().starts_with("larder; fwd=miss; stored; "), "{what}: {}", reply.cache_status());
    assert!(cloud.calls() > calls, "{what}");
    for counter in ["malformed", "corrupt", "foreign"] {
        // Under the lease it is read once more, as another process may have replaced it.
        assert_eq!(door.counted(counter).await > 0, counter == tampering.counter, "{what} as {counter}");
    }
    assert_eq!(door.get("/health").await.json()["store"], "ok", "{what} says nothing of the store");
    if let Door::Serve { program, .. } = &door {
        let alarm = program.log().iter().any(|line| line.contains("ERROR") && line.contains("another key's"));
        assert_eq!(alarm, tampering.counter == "foreign", "{what}: {:?}", program.log());
    }
}

async fn check_in_dynamodb(open: impl AsyncFn(&[(&str, String)]) -> Door) {
    let cloud = Cloud::start().await;
    let (table, endpoint) = table().await;
    let env = |account| cloud.env(account, &[("AWS_ENDPOINT_URL_DYNAMODB", endpoint), ("CACHE_TABLE_NAME", &table)]);
    let open = async |account| open(&env(account)).await;
    let fresh = fill(&cloud, &open).await;
    let client = DynamoDbLocal::shared().await.client();
    for tampering in TAMPERINGS {
        let tamper = async {
            let mut item = item(&client, &table, &cache_key(&cloud, FIRST)).await;
            (tampering.of_item)(&mut item, self::item(&client, &table, &cache_key(&cloud, SECOND)).await);
            client.put_item().table_name(&table).set_item(Some(item)).send().await.expect("put");
        };
        check(&cloud, &fresh, tampering, async || open(FIRST).await, tamper).await;
    }
}

async fn item(client: &Client, table: &str, key: &str) -> Item {
    let request = client.get_item().table_name(table).key("cacheKey", AttributeValue::S(key.to_owned()));
    request.consistent_read(true).send().await.expect("an answer").item.expect("an item")
}

#[tokio::test(flavor = "multi_thread")]
async fn in_dynamodb_by_serve() {
    check_in_dynamodb(async |env| Door::serve(&[], env).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_dynamodb_by_query_handler() {
    check_in_dynamodb(async |env| Door::function(env).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_sqlite() {
    let cloud = Cloud::start().await;
    let file = SqliteFile::new();
    let open = async |account| Door::serve(&["--store", &file.store()], &cloud.env(account, &[])).await;
    let fresh = fill(&cloud, &open).await;
    for tampering in TAMPERINGS {
        let Some(set) = tampering.of_row else { continue };
        let statement = format!("UPDATE entry SET {set} WHERE cache_key = '{}'", cache_key(&cloud, FIRST));
        check(&cloud, &fresh, tampering, async || open(FIRST).await, file.run(&statement)).await;
    }
}

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
        let hour = std::time::Duration::from_hours(1);
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

        let entry = item(&client, &table, &cache_key(&cloud, FIRST)).await;
        let chunk = format!("#chunk#{}#1", entry["digest"].as_s().expect("a digest"));
        let mut chunk = item(&client, &table, &chunk).await;
        if counter == "corrupt" {
            let mut data = chunk["data"].as_b().expect("bytes").clone().into_inner();
            data[7] ^= 1;
            put(&mut chunk, "data", AttributeValue::B(Blob::new(data)));
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
