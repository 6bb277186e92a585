//! What the service leaves unprocessed is asked for again, alone, and never taken for missing.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use larder_cache::Incarnation;
use larder_cache::store::{ChunkId, DynamoDbStore, ItemRead, Store, StoreError};
use serde_json::{Value, json};

use crate::backends::Hasty;
use crate::samples::{bytes, key};
use crate::scripted::{Requests, scripted};

const TABLE: &str = "scripted";

async fn store(
    answer: impl Fn(usize, &Value) -> (u16, Value) + Send + Sync + 'static,
) -> (DynamoDbStore, Requests, Arc<Hasty>) {
    let (client, requests) = scripted(answer).await;
    let environment = Arc::new(Hasty::default());
    (DynamoDbStore::new(client, TABLE, environment.clone()), requests, environment)
}

fn epoch() -> Value {
    json!({"cacheKey": {"S": "#epoch"}, "incarnation": {"S": format!("{:032x}", 5)}, "counter": {"N": "3"}, "marks": {"M": {}}})
}

fn consumed(units: f64) -> Value {
    json!([{"TableName": TABLE, "CapacityUnits": units}])
}

fn keys_asked(request: &Value) -> Vec<String> {
    let keys = request["RequestItems"][TABLE]["Keys"].as_array().expect("keys");
    keys.iter().map(|key| key["cacheKey"]["S"].as_str().expect("a key").to_owned()).collect()
}

fn unprocessed(keys: &[&str]) -> Value {
    let keys: Vec<_> = keys.iter().map(|key| json!({"cacheKey": {"S": key}})).collect();
    json!({TABLE: {"Keys": keys}})
}

#[tokio::test]
async fn an_unprocessed_epoch_key_is_asked_for_again_alone_and_consistently() {
    let (store, requests, environment) = store(|number, _| match number {
        0 => (200, json!({"Responses": {TABLE: []}, "UnprocessedKeys": unprocessed(&["#epoch"]), "ConsumedCapacity": consumed(1.0)})),
        _ => (200, json!({"Responses": {TABLE: [epoch()]}, "UnprocessedKeys": {}, "ConsumedCapacity": consumed(0.5)})),
    })
    .await;
    let answer = store.read(&key("ec2-subnets", 1)).await.expect("the second try has it");
    let epoch = answer.value.epoch.expect("an unprocessed epoch is not a lost one");
    assert_eq!((epoch.incarnation, epoch.counter), (Incarnation::new(0, 5), 3));
    assert_eq!(answer.value.entry, ItemRead::Absent);
    assert_eq!(answer.units.read, 1.5, "summed over tries");
    let requests = requests.all();
    assert_eq!(keys_asked(&requests[0]), ["#epoch", "ec2-subnets#us-east-1#000000000001"]);
    assert_eq!(keys_asked(&requests[1]), ["#epoch"]);
    assert!(requests.iter().all(|request| request["RequestItems"][TABLE]["ConsistentRead"] == true));
    assert_eq!((requests.len(), environment.sleeps.load(Ordering::Relaxed)), (2, 1), "a pause before each new try");
}

#[tokio::test]
async fn the_epoch_alone_is_read_consistently_too() {
    let (store, requests, _) = store(|_, _| (200, json!({"Item": epoch()}))).await;
    assert_eq!(store.read_epoch().await.expect("answers").value.expect("there is one").counter, 3);
    assert_eq!(requests.all()[0]["ConsistentRead"], true);
}

#[tokio::test]
async fn an_epoch_key_that_stays_unprocessed_is_an_error_and_not_a_lost_epoch() {
    let (store, requests, _) =
        store(|_, _| (200, json!({"Responses": {TABLE: []}, "UnprocessedKeys": unprocessed(&["#epoch"])}))).await;
    let error = store.read(&key("ec2-subnets", 1)).await.expect_err("there is no telling what the epoch is");
    assert!(matches!(&error, StoreError::Throttled(text) if text.contains(TABLE)), "{error:?}");
    assert!((2..=8).contains(&requests.all().len()), "a few tries");
}

#[tokio::test]
async fn chunks_are_read_on_while_some_come_with_each_answer() {
    // One chunk an answer: more tries than would be made without progress.
    let (store, requests, _) = store(|_, request| {
        let asked = keys_asked(request);
        let item = json!({"cacheKey": {"S": asked[0]}, "data": {"B": "AAAA"}, "ttl": {"N": "1"}});
        let left: Vec<_> = asked[1..].iter().map(String::as_str).collect();
        let left = if left.is_empty() { json!({}) } else { unprocessed(&left) };
        (200, json!({"Responses": {TABLE: [item]}, "UnprocessedKeys": left}))
    })
    .await;
    let ids: Vec<_> = (0..10).map(|number| ChunkId { digest: "d".repeat(64), number }).collect();
    let chunks = store.read_chunks(&ids).await.expect("answers").value;
    assert!(chunks.len() == 10 && chunks.iter().all(Option::is_some));
    let sizes: Vec<_> = requests.all().iter().map(|request| keys_asked(request).len()).collect();
    assert_eq!(sizes, (1..=10).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn unprocessed_writes_are_sent_again_alone() {
    let (store, requests, _) = store(|number, request| match number {
        0 => {
            let last = request["RequestItems"][TABLE].as_array().expect("writes").last().cloned();
            (200, json!({"UnprocessedItems": {TABLE: [last]}, "ConsumedCapacity": consumed(4.0)}))
        }
        _ => (200, json!({"UnprocessedItems": {}, "ConsumedCapacity": consumed(2.0)})),
    })
    .await;
    let chunks: Vec<_> =
        (0..3).map(|number| (ChunkId { digest: "d".repeat(64), number }, bytes(u64::from(number), 9))).collect();
    let written = store.write_chunks(&chunks, 5).await.expect("answers");
    assert_eq!(written.units.write, 6.0, "summed over tries");
    let requests = requests.all();
    let sent = |number: usize| requests[number]["RequestItems"][TABLE].as_array().expect("writes").clone();
    assert_eq!((requests.len(), sent(0).len()), (2, 3));
    assert_eq!(sent(1), [sent(0)[2].clone()]);
}

#[tokio::test]
async fn writes_that_stay_unprocessed_are_an_error() {
    let (store, _, _) = store(|_, request| (200, json!({"UnprocessedItems": request["RequestItems"]}))).await;
    let chunk = (ChunkId { digest: "d".repeat(64), number: 0 }, bytes(1, 9));
    let error = store.write_chunks(&[chunk], 5).await.expect_err("nothing was written");
    assert!(matches!(error, StoreError::Throttled(_)), "{error:?}");
}

#[tokio::test]
async fn a_refusal_for_load_is_told_from_other_failures() {
    let cases = [
        ("ProvisionedThroughputExceededException", true),
        ("ThrottlingException", true),
        ("RequestLimitExceeded", true),
        ("AccessDeniedException", false),
    ];
    for (code, throttled) in cases {
        let (store, _, _) = store(move |_, _| {
            (400, json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "no"}))
        })
        .await;
        let error = store.read_epoch().await.expect_err("refused");
        assert_eq!(matches!(error, StoreError::Throttled(_)), throttled, "{error:?}");
        assert!(error.to_string().contains(TABLE) && error.to_string().contains("GetItem"), "{error}");
    }
}

#[tokio::test]
async fn no_answer_in_time_is_told_as_that() {
    // Connections are made, and nobody ever reads from them.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_millis(50)).build();
    let endpoint = format!("http://{}", silent.local_addr().expect("bound"));
    let (client, _) = scripted(|_, _| (200, json!({}))).await;
    let config = client.config().to_builder().endpoint_url(endpoint).timeout_config(timeouts).build();
    let store = DynamoDbStore::new(Client::from_conf(config), TABLE, Arc::new(Hasty::default()));
    let error = store.read_epoch().await.expect_err("silence");
    assert!(matches!(error, StoreError::Timeout), "{error:?}");
}

#[tokio::test]
async fn the_offered_client_fails_fast() {
    let (client, _) = scripted(|_, _| (200, json!({}))).await;
    let client = DynamoDbStore::client(client.config().to_builder());
    let timeouts = client.config().timeout_config().expect("they are set");
    assert_eq!(timeouts.connect_timeout(), Some(Duration::from_millis(500)));
    assert_eq!(timeouts.operation_attempt_timeout(), Some(Duration::from_secs(1)));
    assert_eq!(timeouts.operation_timeout(), Some(Duration::from_secs(2)));
    let retries = client.config().retry_config().expect("they are set");
    assert_eq!((retries.max_attempts(), retries.initial_backoff()), (6, Duration::from_millis(50)));
}
