use larder_tests::{DynamoDbLocal, create_table, wait_until};

use crate::cloud::{Cloud, FIRST};
use crate::door::Door;
use crate::relay::Relay;

const TABLE: &str = "larder-query-cache-lost";
const PATH: &str = "/ec2/subnets?region=us-east-1";

/// Kills DynamoDB in mid-run: every request is answered by AWS meanwhile, nothing cached is served without a look, and
/// once there is a store again the cache comes back by itself.
async fn check(open: impl AsyncFn(&[(&str, String)]) -> Door) {
    let cloud = Cloud::start().await;
    let dynamodb = new_store().await;
    let relay = Relay::to(dynamodb.endpoint_url()).await;
    let more = [
        ("AWS_ENDPOINT_URL_DYNAMODB", relay.url()),
        ("CACHE_TABLE_NAME", TABLE.to_owned()),
        ("LARDER_BREAKER_OPEN_MS", "300".to_owned()),
        ("LARDER_COHERENCE_WINDOW_MS", "0".to_owned()),
    ];
    let more: Vec<_> = more.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let door = open(&cloud.env(FIRST, &more)).await;
    let first = door.get(PATH).await;
    assert_eq!(first.status, 200, "{first:?}");
    assert!(door.get(PATH).await.cache_status().contains("detail=memory"));

    relay.cut();
    drop(dynamodb);
    for _ in 0..8 {
        let calls = cloud.calls();
        let reply = door.get(PATH).await;
        assert_eq!((reply.status, &reply.text), (200, &first.text));
        assert!(reply.cache_status().contains("fwd=bypass"), "{}", reply.cache_status());
        assert!(cloud.calls() > calls, "answered by AWS: nothing cached is served without a look");
    }
    let refused = door.invalidate("{}").await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "STORE_UNAVAILABLE"));

    let again = new_store().await;
    relay.lead_to(again.endpoint_url());
    let hit = wait_until("the cache comes back", async || {
        let reply = door.get(PATH).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        Ok(reply.cache_status().contains("detail=memory").then_some(reply))
    });
    assert_eq!(hit.await.expect("it recovers").text, first.text);
    assert_eq!(door.invalidate("{}").await.status, 200);
}

async fn new_store() -> DynamoDbLocal {
    let dynamodb = DynamoDbLocal::start().await.expect("it starts");
    create_table(&dynamodb.client(), TABLE).await.expect("the table is made");
    dynamodb
}

#[tokio::test(flavor = "multi_thread")]
async fn by_serve() {
    let store = format!("dynamodb:{TABLE}");
    check(async |env| Door::serve(&["--store", &store], env).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_query_handler() {
    check(async |env| Door::function(env).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_opened_is_said_once_and_served_without() {
    let cloud = Cloud::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cache.sqlite");
    std::fs::create_dir(&path).expect("a folder where the file should be");
    let store = format!("sqlite:{}", path.display());
    let door = Door::serve(&["--store", &store], &cloud.env(FIRST, &[])).await;
    for _ in 0..2 {
        let reply = door.get(PATH).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert!(reply.cache_status().contains("fwd=bypass"), "{}", reply.cache_status());
    }
    let health = door.get("/health").await;
    assert_eq!(health.status, 200);
    assert!(health.text.contains("cache.sqlite"), "it says which store, and why: {}", health.text);
    let program = door.program();
    let said = program.log().iter().filter(|line| line.contains("cache.sqlite")).count();
    assert_eq!(said, 1, "{:?}", program.log());
}
