use larder_app::{DATA_TYPES, DataType};
use larder_tests::Program;

use crate::cloud::{Cloud, FIRST, REGION, question, table};
use crate::door::{Door, borrowed};

/// The first answer is AWS's, the second memory's, and after a restart the store's: the same bytes, one fetch.
async fn check(cloud: &Cloud, row: &DataType, open: impl AsyncFn() -> Door) {
    let path = &question(row);
    let door = open().await;
    let first = door.get(path).await;
    assert_eq!(first.status, 200, "{first:?}");
    assert!(first.cache_status().contains("fwd=miss"), "{first:?}");
    assert!(first.cache_status().contains("stored"), "{first:?}");
    let calls = cloud.calls();

    let second = door.get(path).await;
    assert!(second.cache_status().starts_with("larder; hit; ttl="), "{}", second.cache_status());
    assert!(second.cache_status().ends_with("detail=memory"), "{}", second.cache_status());
    assert!(second.headers.contains_key("age") && second.headers.contains_key("etag"), "{second:?}");
    drop(door);

    let third = open().await.get(path).await;
    assert!(third.cache_status().starts_with("larder; hit; ttl="), "{}", third.cache_status());
    assert!(third.cache_status().ends_with("detail=store"), "{}", third.cache_status());
    assert_eq!((&first.text, &first.text), (&second.text, &third.text));
    assert_eq!(cloud.calls(), calls, "nothing but the first request asked AWS");
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_on_sqlite() {
    for row in DATA_TYPES {
        let cloud = Cloud::start().await;
        let folder = tempfile::tempdir().expect("a folder");
        let store = format!("sqlite:{}", folder.path().join("cache.sqlite").display());
        let env = cloud.env(FIRST, &[]);
        check(&cloud, row, async || Door::serve(&["--store", &store], &env).await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_on_dynamodb() {
    for row in DATA_TYPES {
        let cloud = Cloud::start().await;
        let (table, endpoint) = table().await;
        let store = format!("dynamodb:{table}");
        let env = cloud.env(FIRST, &[("AWS_ENDPOINT_URL_DYNAMODB", endpoint)]);
        check(&cloud, row, async || Door::serve(&["--store", &store], &env).await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn query_handler_on_dynamodb() {
    for row in DATA_TYPES {
        let cloud = Cloud::start().await;
        let (table, endpoint) = table().await;
        let env = cloud.env(FIRST, &[("AWS_ENDPOINT_URL_DYNAMODB", endpoint), ("CACHE_TABLE_NAME", &table)]);
        check(&cloud, row, async || Door::function(&env).await).await;
    }
}

/// A one-shot command has no memory to hit: its second answer is the store's, and what it filled serves `serve` too.
#[tokio::test(flavor = "multi_thread")]
async fn get_on_the_command_line() {
    for row in DATA_TYPES {
        let cloud = Cloud::start().await;
        let folder = tempfile::tempdir().expect("a folder");
        let store = format!("sqlite:{}", folder.path().join("cache.sqlite").display());
        let env = cloud.env(FIRST, &[("LARDER_STORE", &store)]);
        check_command(&cloud, row, &env).await;
    }
}

async fn check_command(cloud: &Cloud, row: &DataType, env: &[(&str, String)]) {
    let region: &[&str] = if row.scope.has_region() { &["--region", REGION] } else { &[] };
    let args = [&["get", row.name, "--json"], region].concat();
    let get = async || {
        let finished = Program::run("larder", &args, &borrowed(env)).await.expect("it ends");
        assert_eq!(finished.status.code(), Some(0), "{finished:?}");
        finished
    };
    let first = get().await;
    let calls = cloud.calls();
    let second = get().await;
    assert_eq!(first.stdout.trim(), second.stdout.trim());
    assert_eq!(cloud.calls(), calls, "the second one was answered by the store: {}", second.stderr);

    let door = Door::serve(&[], env).await;
    let path = question(row);
    let served = door.get(&path).await;
    assert!(served.cache_status().contains("detail=store"), "{}", served.cache_status());
    let printed: serde_json::Value = serde_json::from_str(&first.stdout).expect("JSON");
    assert_eq!(printed, served.json());
    assert!(door.get(&path).await.cache_status().contains("detail=memory"));
}
