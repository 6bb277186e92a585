use larder_tests::Program;
use rstest::rstest;

use crate::cloud::{Cloud, FIRST, table};
use crate::door::{Door, borrowed};

const DRS_QUOTAS: &str = "/drs/quotas?region=us-east-1";
const SUBNETS: &str = "/ec2/subnets?region=us-east-1";
const INSTANCE_TYPES: &str = "/ec2/instance-types?region=us-east-1";

/// The first answer is AWS's, the second memory's, and after a restart the store's: the same bytes, one fetch.
async fn check(cloud: &Cloud, path: &str, open: impl AsyncFn() -> Door) {
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

#[rstest]
#[case(DRS_QUOTAS)]
#[case(SUBNETS)]
#[case(INSTANCE_TYPES)]
#[tokio::test(flavor = "multi_thread")]
async fn serve_on_sqlite(#[case] path: &str) {
    let cloud = Cloud::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let store = format!("sqlite:{}", folder.path().join("cache.sqlite").display());
    let env = cloud.env(FIRST, &[]);
    check(&cloud, path, async || Door::serve(&["--store", &store], &env).await).await;
}

#[rstest]
#[case(DRS_QUOTAS)]
#[case(SUBNETS)]
#[case(INSTANCE_TYPES)]
#[tokio::test(flavor = "multi_thread")]
async fn serve_on_dynamodb(#[case] path: &str) {
    let cloud = Cloud::start().await;
    let (table, endpoint) = table().await;
    let store = format!("dynamodb:{table}");
    let env = cloud.env(FIRST, &[("AWS_ENDPOINT_URL_DYNAMODB", endpoint)]);
    check(&cloud, path, async || Door::serve(&["--store", &store], &env).await).await;
}

#[rstest]
#[case(DRS_QUOTAS)]
#[case(SUBNETS)]
#[case(INSTANCE_TYPES)]
#[tokio::test(flavor = "multi_thread")]
async fn query_handler_on_dynamodb(#[case] path: &str) {
    let cloud = Cloud::start().await;
    let (table, endpoint) = table().await;
    let env = cloud.env(FIRST, &[("AWS_ENDPOINT_URL_DYNAMODB", endpoint), ("CACHE_TABLE_NAME", &table)]);
    check(&cloud, path, async || Door::function(&env).await).await;
}

/// A one-shot command has no memory to hit: its second answer is the store's, and what it filled serves `serve` too.
#[rstest]
#[case("drs-quotas", DRS_QUOTAS)]
#[case("ec2-subnets", SUBNETS)]
#[case("ec2-instance-types", INSTANCE_TYPES)]
#[tokio::test(flavor = "multi_thread")]
async fn get_on_the_command_line(#[case] data_type: &str, #[case] path: &str) {
    let cloud = Cloud::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let store = format!("sqlite:{}", folder.path().join("cache.sqlite").display());
    let env = cloud.env(FIRST, &[("LARDER_STORE", &store)]);
    let get = async || {
        let args = ["get", data_type, "--region", "us-east-1", "--json"];
        let finished = Program::run("larder", &args, &borrowed(&env)).await.expect("it ends");
        assert_eq!(finished.status.code(), Some(0), "{finished:?}");
        finished
    };
    let first = get().await;
    let calls = cloud.calls();
    let second = get().await;
    assert_eq!(first.stdout.trim(), second.stdout.trim());
    assert_eq!(cloud.calls(), calls, "the second one was answered by the store: {}", second.stderr);

    let door = Door::serve(&[], &env).await;
    let served = door.get(path).await;
    assert!(served.cache_status().contains("detail=store"), "{}", served.cache_status());
    let printed: serde_json::Value = serde_json::from_str(&first.stdout).expect("JSON");
    assert_eq!(printed, served.json());
    assert!(door.get(path).await.cache_status().contains("detail=memory"));
}
