use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use larder_tests::DynamoDbLocal;

use crate::cloud::{Cloud, FIRST, Item, REGION, SECOND, item, table};
use crate::door::{Door, Reply};
use crate::sqlite_file::SqliteFile;

const TYPE: &str = "ec2-subnets";
const PATH: &str = "/ec2/subnets?region=us-east-1";

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
            let mut tampered = item(&table, &cache_key(&cloud, FIRST)).await;
            (tampering.of_item)(&mut tampered, item(&table, &cache_key(&cloud, SECOND)).await);
            client.put_item().table_name(&table).set_item(Some(tampered)).send().await.expect("put");
        };
        check(&cloud, &fresh, tampering, async || open(FIRST).await, tamper).await;
    }
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
