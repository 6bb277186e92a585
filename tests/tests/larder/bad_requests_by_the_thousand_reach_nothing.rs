use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use larder_app::DATA_TYPES;
use larder_tests::{DynamoDbLocal, wait_until};
use serde_json::Value;

use crate::bad_request::{BadRequest, broken_bytes, made_by, requests};
use crate::cloud::{Cloud, FIRST, question, table};
use crate::door::{Door, Reply};
use crate::wire::{Ending, exchange};

/// How many are sent. Each is made by its number, which a failure tells.
const TO_SERVE: u64 = 8_500;
const BROKEN_TO_SERVE: u64 = 1_500;
const TO_QUERY_HANDLER: u64 = 1_000;

/// A program that has an answer of every data type, and all that must stay as it is.
struct World {
    cloud: Cloud,
    table: String,
    door: Door,
    calls: u64,
    before: State,
}

/// What Larder keeps, and what it counted.
#[derive(Debug, PartialEq)]
struct State {
    items: BTreeMap<String, BTreeMap<String, AttributeValue>>,
    statistics: Value,
}

impl World {
    async fn start(open: impl AsyncFnOnce(&[(&str, String)]) -> Door) -> Self {
        let cloud = Cloud::start().await;
        let (table, endpoint) = table().await;
        let store = format!("dynamodb:{table}");
        let more = [("AWS_ENDPOINT_URL_DYNAMODB", endpoint), ("CACHE_TABLE_NAME", &*table), ("LARDER_STORE", &*store)];
        let door = open(&cloud.env(FIRST, &more)).await;
        for row in DATA_TYPES {
            // The first that is answered from an entry is written down in it, so that comes before too.
            for _ in 0..2 {
                let reply = door.get(&question(row)).await;
                assert_eq!(reply.status, 200, "{reply:?}");
            }
        }
        let before = State::of(&door, &table).await;
        assert!(
            before.items.len() > DATA_TYPES.len(),
            "every answer is kept, and the epoch: {:?}",
            before.items.keys()
        );
        Self { calls: cloud.calls(), cloud, table, door, before }
    }

    /// Holds what every one of them has to come to.
    fn check(&self, number: u64, bad: &BadRequest, status: u16, content_type: Option<&str>) {
        assert!((400..500).contains(&status), "number {number} gives {status}: {bad:?}");
        assert_eq!(content_type, Some("application/problem+json"), "number {number}: {bad:?}");
        assert_eq!(self.cloud.calls(), self.calls, "number {number} reached AWS: {bad:?}");
    }

    /// Holds that nothing has changed and nothing panicked.
    async fn finish(self) {
        let after = State::of(&self.door, &self.table).await;
        assert_eq!(after, self.before);
        let panics: Vec<_> = self.door.log().into_iter().filter(|line| line.contains("panic")).collect();
        assert_eq!(panics, [] as [&str; 0]);
        for row in DATA_TYPES {
            assert_eq!(self.door.cached(&question(row)).await.status, 200, "{row:?}");
        }
    }
}

impl State {
    async fn of(door: &Door, table: &str) -> Self {
        let client = DynamoDbLocal::shared().await.client();
        let items = client.scan().table_name(table).consistent_read(true).into_paginator().items().send();
        let items: Vec<_> = items.try_collect().await.expect("a scan");
        let by_key = items.into_iter().map(|item| (item["cacheKey"].as_s().expect("a key").clone(), item));
        let items = by_key.map(|(key, item)| (key, item.into_iter().collect())).collect();
        let statistics = door.get("/cache/stats").await;
        assert_eq!(statistics.status, 200, "{statistics:?}");
        let mut statistics = statistics.json();
        // What is written shows in the items, and may be counted a little later than it shows.
        for counted in statistics["dataTypes"].as_object_mut().expect("an object").values_mut() {
            counted.as_object_mut().expect("an object").remove("writeUnits").expect("it is counted");
        }
        Self { items, statistics }
    }

    /// Whether every entry is there, and known to be used.
    fn is_settled(&self) -> bool {
        self.items.values().filter(|item| item.contains_key("usedAt")).count() == DATA_TYPES.len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_to_serve() {
    let world = World::start(async |env| Door::serve(&[], env).await).await;
    let bad_requests = requests();
    for number in 0..TO_SERVE {
        let bad = made_by(&bad_requests, number);
        let answer = exchange(world.door.address(), &bad.bytes(world.door.address()), Ending::ByTheServer).await;
        let (status, content_type) = read(&answer).unwrap_or_else(|| panic!("number {number}: no answer: {bad:?}"));
        world.check(number, &bad, status, content_type.as_deref());
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_to_serve_in_no_http() {
    let world = World::start(async |env| Door::serve(&[], env).await).await;
    let broken = broken_bytes();
    for number in 0..BROKEN_TO_SERVE {
        let broken = made_by(&broken, number);
        let answer = exchange(world.door.address(), &broken.0, Ending::BySender).await;
        let statuses: Vec<_> = read(&answer).into_iter().map(|(status, _)| status).collect();
        assert!(statuses.iter().all(|status| (400..500).contains(status)), "number {number}: {statuses:?}: {broken:?}");
        assert_eq!(world.cloud.calls(), world.calls, "number {number} reached AWS: {broken:?}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_to_query_handler() {
    let world = World::start(async |env| Door::function(env).await).await;
    let bad_requests = requests();
    // Others than those that `serve` gets.
    for number in TO_SERVE..TO_SERVE + TO_QUERY_HANDLER {
        let bad = made_by(&bad_requests, number);
        let headers: Vec<_> = bad.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        let Reply { status, headers, .. } = world.door.send(&bad.method, &bad.target, &headers, Some(&bad.body)).await;
        world.check(number, &bad, status, headers.get("content-type").map(String::as_str));
    }
    world.finish().await;
}

/// The status and content type of an answer in HTTP/1.1.
fn read(answer: &[u8]) -> Option<(u16, Option<String>)> {
    let text = String::from_utf8_lossy(answer);
    let (head, _) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let content_type = lines.find_map(|line| line.strip_prefix("content-type: "));
    Some((status, content_type.map(str::to_owned)))
}
