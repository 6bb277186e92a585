//! What only the table can show.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use larder_cache::store::{Claim, DynamoDbStore, ItemRead, LeaseAttempt, LeaseItem, Store, StoredEntry};
use larder_cache::{Epoch, Incarnation, Marks, Selector};

use crate::backends::dynamodb;
use crate::listings::pages;
use crate::samples::{bytes, chunked, entry, fence, key, lease, region};

type Item = HashMap<String, AttributeValue>;

async fn raw(client: &Client, table: &str, key: &str) -> Item {
    let key = AttributeValue::S(key.into());
    let answer = client.get_item().table_name(table).key("cacheKey", key).consistent_read(true).send().await;
    answer.expect("answers").item.unwrap_or_default()
}

async fn put(client: &Client, table: &str, item: Item) {
    client.put_item().table_name(table).set_item(Some(item)).send().await.expect("a raw item");
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn n(number: &str) -> AttributeValue {
    AttributeValue::N(number.into())
}

fn marks(marks: &[(&str, AttributeValue)]) -> AttributeValue {
    AttributeValue::M(marks.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

fn epoch_item(incarnation: AttributeValue, counter: AttributeValue, marks: AttributeValue) -> Item {
    let parts = [("cacheKey", s("#epoch")), ("incarnation", incarnation), ("counter", counter), ("marks", marks)];
    parts.map(|(name, value)| (name.to_owned(), value)).into()
}

#[tokio::test]
async fn items_have_the_attributes_that_the_readme_says() {
    let (store, client, table) = dynamodb().await;
    store.create_epoch(Incarnation::new(0, 1)).await.expect("answers");
    store.advance_epoch(&region("us-east-1")).await.expect("answers");
    let epoch = raw(&client, &table, "#epoch").await;
    assert_eq!(epoch, epoch_item(s(&format!("{:032x}", 1)), n("1"), marks(&[("*#us-east-1#*#*", n("1"))])));
    assert!(!epoch.contains_key("ttl"), "the epoch is never forgotten");

    let key = key("ec2-subnets", 1);
    store.write_entry(&entry(&key, fence(1, 1))).await.expect("answers");
    let item = raw(&client, &table, "ec2-subnets#us-east-1#000000000001").await;
    assert_eq!((&item["createdAt"], &item["ttl"]), (&n("4100000000123"), &n("4100003900")), "milliseconds, seconds");
    assert_eq!((&item["fence"], &item["format"]), (&n("1"), &n("1")));
    assert!(item["data"].is_b() && !item.contains_key("usedAt") && !item.contains_key("resource"));
    store.take_lease(&key, &lease("one"), &Claim::New).await.expect("answers");
    let item = raw(&client, &table, "#lease#ec2-subnets#us-east-1#000000000001").await;
    assert_eq!((&item["owner"], &item["ttl"]), (&s("one"), &n("4100000090")));
    let with_chunks = chunked(entry(&key, fence(1, 1)), "e", 1);
    let chunks: Vec<_> = with_chunks.payload.chunks().into_iter().map(|id| (id, bytes(1, 9))).collect();
    store.write_chunks(&chunks, 5).await.expect("answers");
    let item = raw(&client, &table, &format!("#chunk#{}#0", "e".repeat(64))).await;
    assert_eq!((&item["ttl"], &item["data"]), (&n("5"), &AttributeValue::B(Blob::new(bytes(1, 9).to_vec()))));
}

#[tokio::test]
async fn an_item_that_is_not_understood_is_malformed_and_not_in_the_way() {
    let (store, client, table) = dynamodb().await;
    let key = key("ec2-subnets", 1);
    let written = entry(&key, fence(1, 5));
    store.write_entry(&written).await.expect("answers");
    let good = raw(&client, &table, key.as_str()).await;
    let mut poisons = vec![("cacheKey", None)];
    let names = good.keys().map(String::as_str).filter(|name| !["cacheKey", "lease"].contains(name));
    // The index refuses an item whose dataType or createdAt has another type, but not one without.
    poisons.extend(names.clone().map(|name| (name, None)));
    poisons.extend(
        names
            .filter(|name| !["dataType", "createdAt"].contains(name))
            .map(|name| (name, Some(AttributeValue::Null(true)))),
    );
    poisons.extend([
        ("format", Some(n("2"))),
        ("fence", Some(n("-1"))),
        ("fence", Some(n("99999999999999999999999999"))),
        ("createdAt", Some(n("1.5"))),
        ("incarnation", Some(s("not a name"))),
        ("digest", Some(s("both a value and chunks"))),
        ("chunks", Some(n("4000000000"))),
        ("lease", Some(n("1"))),
    ]);
    for (name, value) in poisons {
        let mut item = good.clone();
        // A fence above the writer's, so that it would be in the way of an entry.
        item.insert("fence".to_owned(), n("9"));
        match value.clone() {
            Some(value) => drop(item.insert(name.to_owned(), value)),
            None if name == "cacheKey" => {
                item.retain(|name, _| ["cacheKey", "fence", "incarnation"].contains(&name.as_str()))
            }
            None => drop(item.remove(name)),
        }
        put(&client, &table, item).await;
        let read = store.read(&key).await.expect("poison is no failure").value.entry;
        assert!(matches!(read, ItemRead::Malformed { .. }), "{name}: {value:?}: {read:?}");
        assert!(store.write_entry(&written).await.expect("answers").value, "{name}: {value:?} is in the way");
        let read = store.read(&key).await.expect("answers").value.entry;
        assert_eq!(read, ItemRead::Found(written.clone().into()), "{name}: {value:?}");
    }
}

#[tokio::test]
async fn what_is_no_entry_is_not_listed_and_ends_no_listing() {
    let (store, client, table) = dynamodb().await;
    for number in [1, 2] {
        let entry = StoredEntry { created_at: number * 100, ..entry(&key("ec2-subnets", number), fence(1, 1)) };
        store.write_entry(&entry).await.expect("answers");
    }
    let good = raw(&client, &table, key("ec2-subnets", 1).as_str()).await;
    for (number, (key, created_at)) in
        [("ec2-subnets#us-east-1#000000000009", "1.5"), ("#poison", "150"), ("poison", "150"), ("a|b", "250")]
            .into_iter()
            .enumerate()
    {
        let mut item = good.clone();
        item.insert("cacheKey".to_owned(), s(key));
        item.insert("createdAt".to_owned(), n(created_at));
        item.insert("size".to_owned(), n(&number.to_string()));
        put(&client, &table, item).await;
    }
    for limit in 1..4 {
        let pages = pages(&store, "ec2-subnets", limit).await;
        assert!(pages.iter().all(|page| page.len() <= limit));
        let listed: Vec<_> = pages.concat().into_iter().map(|entry| entry.key).collect();
        assert_eq!(listed, [1, 2].map(|number| key("ec2-subnets", number).to_string()), "at {limit} a page");
    }
}

#[tokio::test]
async fn a_malformed_epoch_counts_as_none_and_is_made_again() {
    let good = s(&format!("{:032x}", 7));
    let malformed = [
        Item::from([("cacheKey".to_owned(), s("#epoch"))]),
        epoch_item(n("7"), n("3"), marks(&[])),
        epoch_item(good.clone(), s("3"), marks(&[])),
        epoch_item(good.clone(), n("3"), s("none")),
        epoch_item(s("not a name"), n("3"), marks(&[])),
        epoch_item(good.clone(), n("-3"), marks(&[])),
        epoch_item(good.clone(), n("3"), marks(&[("*#*#*#*", s("three"))])),
    ];
    for item in malformed {
        let (store, client, table) = dynamodb().await;
        put(&client, &table, item.clone()).await;
        assert_eq!(store.read_epoch().await.expect("answers").value, None, "{item:?}");
        assert_eq!(store.advance_epoch(&region("us-east-1")).await.expect("answers").value, None, "{item:?}");
        let created = store.create_epoch(Incarnation::new(0, 8)).await.expect("answers").value;
        assert_eq!(created, Epoch::first(Incarnation::new(0, 8)), "{item:?}");
        assert_eq!(store.read_epoch().await.expect("answers").value, Some(created), "{item:?}");
        let advanced = store.advance_epoch(&Selector::EVERYTHING).await.expect("answers").value;
        assert_eq!(advanced.expect("there is one").counter, 1);
    }
}

#[tokio::test]
async fn a_mark_that_a_newer_version_wrote_is_one_of_everything() {
    let (store, client, table) = dynamodb().await;
    let stored = marks(&[("tag=web#of#a#newer#version", n("6")), ("*#*#*#*", n("2")), ("*#us-east-1#*#*", n("4"))]);
    put(&client, &table, epoch_item(s(&format!("{:032x}", 7)), n("6"), stored)).await;
    let epoch = store.read_epoch().await.expect("answers").value.expect("well-formed");
    assert_eq!(epoch.marks, Marks::from([(Selector::EVERYTHING, 6), (region("us-east-1"), 4)]));
}

#[tokio::test]
async fn a_lease_of_our_own_token_is_ours_and_one_that_is_none_is_in_nobodys_way() {
    let (store, client, table) = dynamodb().await;
    let key = key("ec2-subnets", 1);
    let take = async |lease: &LeaseItem| store.take_lease(&key, lease, &Claim::New).await.expect("answers").value;
    assert_eq!(take(&lease("one")).await, LeaseAttempt::Taken);
    assert_eq!(take(&lease("one")).await, LeaseAttempt::Taken, "asked again after a lost answer");
    assert_eq!(take(&lease("two")).await, LeaseAttempt::Held(lease("one")));
    put(&client, &table, Item::from([("cacheKey".to_owned(), s("#lease#ec2-subnets#us-east-1#000000000001"))])).await;
    assert_eq!(take(&lease("two")).await, LeaseAttempt::Taken);
}

#[tokio::test]
async fn what_an_operation_consumed_is_reported() {
    let (store, _, _) = dynamodb().await;
    let key = key("ec2-subnets", 1);
    let with_chunks = chunked(entry(&key, fence(1, 1)), "a", 30);
    let ids = with_chunks.payload.chunks();
    let chunks: Vec<_> = ids.iter().map(|id| (id.clone(), bytes(1, 2_000))).collect();
    let epoch = store.create_epoch(Incarnation::new(0, 1)).await.expect("answers");
    let writes = [
        epoch.units,
        store.advance_epoch(&Selector::EVERYTHING).await.expect("answers").units,
        store.write_entry(&with_chunks).await.expect("answers").units,
        store.mark_used(&key, with_chunks.created_at, 1).await.expect("answers").units,
        store.take_lease(&key, &lease("one"), &Claim::New).await.expect("answers").units,
        store.release_lease(&key, "one").await.expect("answers").units,
    ];
    assert!(writes.iter().all(|units| units.write >= 1.0 && units.read == 0.0), "{writes:?}");
    let chunked = store.write_chunks(&chunks, 5).await.expect("answers").units;
    assert!(chunked.write >= 60.0, "2 units for each of 30 chunks, summed over requests: {chunked:?}");
    let reads = [
        store.read(&key).await.expect("answers").units,
        store.read_epoch().await.expect("answers").units,
        store.list("ec2-subnets", None, 5).await.expect("answers").units,
    ];
    assert!(reads.iter().all(|units| units.read > 0.0 && units.write == 0.0), "{reads:?}");
    let chunked = store.read_chunks(&ids).await.expect("answers").units;
    assert!(chunked.read >= 30.0, "1 unit for each of 30 chunks: {chunked:?}");
    let deleted = store.delete(&[key.as_str().to_owned()], None).await.expect("answers").units;
    assert!(deleted.write >= 31.0, "the entry and its chunks: {deleted:?}");
}

#[tokio::test]
async fn a_missing_table_is_named_with_the_operation() {
    let (_, client, _) = dynamodb().await;
    let environment = std::sync::Arc::new(crate::backends::Hasty::default());
    let store = DynamoDbStore::new(client, "no-such-table", environment);
    let error = store.read(&key("ec2-subnets", 1)).await.expect_err("there is no such table").to_string();
    assert!(error.contains("no-such-table") && error.contains("BatchGetItem") && error.contains("Deploy"), "{error}");
}
