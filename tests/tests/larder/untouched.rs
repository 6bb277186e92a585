//! What must stay as it is whatever is asked.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use larder_app::DATA_TYPES;
use larder_tests::{DynamoDbLocal, wait_until};
use serde_json::Value;

use crate::cloud::{Cloud, FIRST, question, table};
use crate::door::Door;

/// A program that has an answer of every data type, and all that must stay as it is.
pub(crate) struct Untouched {
    cloud: Cloud,
    table: String,
    pub(crate) door: Door,
    calls: u64,
    before: State,
}

/// What Larder keeps, and what it counted.
#[derive(Debug, PartialEq)]
struct State {
    items: BTreeMap<String, BTreeMap<String, AttributeValue>>,
    statistics: Value,
}

impl Untouched {
    pub(crate) async fn start(open: impl AsyncFnOnce(&[(&str, String)]) -> Door) -> Self {
        let cloud = Cloud::start().await;
        let (table, endpoint) = table().await;
        let store = format!("dynamodb:{table}");
        let more = [("AWS_ENDPOINT_URL_DYNAMODB", endpoint), ("CACHE_TABLE_NAME", &*table), ("LARDER_STORE", &*store)];
        let door = open(&cloud.env(FIRST, &more)).await;
        for row in DATA_TYPES {
            for _ in 0..2 {
                let reply = door.get(&question(row)).await;
                assert_eq!(reply.status, 200, "{reply:?}");
            }
        }
        // That an entry is used is written into it some time after the first answer from it.
        let settled = async || Ok(Some(State::of(&door, &table).await).filter(State::is_settled));
        let before = wait_until("every entry is known to be used", settled).await.expect("they were");
        Self { calls: cloud.calls(), cloud, table, door, before }
    }

    /// How many calls AWS got since.
    pub(crate) fn calls_since(&self) -> u64 {
        self.cloud.calls() - self.calls
    }

    /// Holds that the cache is the same to the last attribute, AWS was not asked, and nothing panicked.
    pub(crate) async fn check(self) {
        self.check_but_for(&BTreeSet::new()).await;
    }

    /// The same, but for what it leaves when these accounts are asked for, and nobody knows them: a lease that has ended.
    pub(crate) async fn check_but_for(self, unknown: &BTreeSet<&str>) {
        assert_eq!(self.calls_since(), 0, "calls reached AWS");
        let mut after = State::of(&self.door, &self.table).await;
        after.items.retain(|key, item| {
            let account = key.rsplit('#').next().unwrap_or_default();
            !(key.starts_with("#lease#") && item.contains_key("ended") && unknown.contains(account))
        });
        assert_eq!(after.items, self.before.items);
        let panics: Vec<_> = self.door.log().into_iter().filter(|line| line.contains("panic")).collect();
        assert_eq!(panics, [] as [&str; 0]);
        for row in DATA_TYPES {
            assert_eq!(self.door.cached(&question(row)).await.status, 200, "{row:?}");
        }
    }

    /// Holds that nothing was counted as a question: no hit, no miss, no read of the store.
    pub(crate) async fn check_counted_nothing(&self) {
        assert_eq!(State::of(&self.door, &self.table).await.statistics, self.before.statistics);
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
