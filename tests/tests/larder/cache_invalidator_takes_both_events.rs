use larder_tests::{Program, RuntimeEmulator, http_event};
use serde_json::{Value, json};

use crate::cloud::{Cloud, FIRST, table};
use crate::door::{Door, administrator, borrowed, http_reply};

struct World {
    _cloud: Cloud,
    invalidator: RuntimeEmulator,
    reader: Door,
}

const PATH: &str = "/ec2/subnets?region=us-east-1";

async fn world() -> World {
    let cloud = Cloud::start().await;
    let (table, endpoint) = table().await;
    let more =
        [("AWS_ENDPOINT_URL_DYNAMODB", endpoint), ("CACHE_TABLE_NAME", &*table), ("LARDER_COHERENCE_WINDOW_MS", "0")];
    let env = cloud.env(FIRST, &more);
    let binary = Program::path("cache-invalidator").expect("it is built");
    let invalidator = RuntimeEmulator::start(&binary, &borrowed(&env)).await.expect("the emulator starts");
    let reader = Door::function(&env).await;
    assert_eq!(reader.get(PATH).await.status, 200);
    World { _cloud: cloud, invalidator, reader }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_invocation_kills_in_the_other_process_at_once() {
    let world = world().await;
    let answer = world.invalidator.invoke(&json!({"dataType": "ec2-subnets"})).await.expect("it answers");
    assert_eq!(answer["message"], "Cache invalidated", "{answer}");
    assert_eq!(answer["dataType"], "ec2-subnets");
    assert_eq!(answer["region"], "*");
    assert_eq!(world.reader.cached(PATH).await.status, 504);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_http_event_kills_in_the_other_process_at_once() {
    let world = world().await;
    let event = http_event("POST", "/cache/invalidate", &[], Some("{}"), Some(&administrator()));
    let reply = http_reply(&world.invalidator.invoke(&event).await.expect("it answers"));
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(world.reader.cached(PATH).await.status, 504);
}

/// A typo, a wrong value, nothing at all: an error of the function, and nothing is invalidated.
#[tokio::test(flavor = "multi_thread")]
async fn a_direct_invocation_that_is_not_understood_changes_nothing() {
    let world = world().await;
    let wrong: [Value; 8] = [
        json!(null),
        json!([]),
        json!("ec2-subnets"),
        json!({"datatype": "ec2-subnets"}),
        json!({"dataType": "ec2-subnet"}),
        json!({"dataType": 7}),
        json!({"region": "us-east-1.evil#"}),
        json!({"accountId": "12345678901"}),
    ];
    for event in wrong {
        let answer = world.invalidator.invoke(&event).await.expect("it answers");
        assert!(answer.get("errorMessage").is_some(), "{event}: {answer}");
        assert_eq!(world.reader.cached(PATH).await.status, 200, "{event}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_administrators_token_nothing_happens() {
    let world = world().await;
    let reader = larder_tests::Claims::person(&["larder/read"], &["acct-all"]);
    for (claims, status) in [(None, 401), (Some(&reader), 403)] {
        let event = http_event("POST", "/cache/invalidate", &[], Some("{}"), claims);
        let reply = http_reply(&world.invalidator.invoke(&event).await.expect("it answers"));
        assert_eq!(reply.status, status, "{reply:?}");
        assert_eq!(world.reader.cached(PATH).await.status, 200);
    }
}
