use larder_cache::store::{Claim, ItemRead, LeaseAttempt, Payload, Store, StoredEntry};
use larder_cache::{Account, Incarnation, Key, Scope, Variant};
use rstest::rstest;

use crate::backends::Kind;
use crate::samples::{bytes, chunked, entry, fence, key, lease};

async fn stored(store: &dyn Store, key: &Key) -> StoredEntry {
    match store.read(key).await.expect("answers").value.entry {
        ItemRead::Found(entry) => entry.as_ref().clone(),
        other => panic!("no entry of {key}: {other:?}"),
    }
}

#[rstest]
#[tokio::test]
async fn every_field_comes_back(#[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind) {
    let backend = kind.make().await;
    let store = backend.store.as_ref();
    let global = Scope { partition: "aws-cn".into(), region: None, account: Account::Global };
    let variant = Some(Variant::of([("state", "running")]));
    let about_one = Key::with("ec2-instances", global, variant, Some("i-0123456789abcdef0")).expect("valid");
    let plain = key("ec2-subnets", 1);
    let entries = [
        (&plain, entry(&plain, fence(1, 0))),
        (
            &plain,
            StoredEntry { forced: true, warmed: true, used_at: Some(4_100_000_000_999), ..entry(&plain, fence(1, 1)) },
        ),
        (&about_one, entry(&about_one, fence(u64::MAX, i64::MAX as u64))),
        (&about_one, chunked(entry(&about_one, fence(2, 0)), "a", 3)),
        (&about_one, StoredEntry { payload: Payload::Inline(bytes(1, 0)), ..entry(&about_one, fence(3, 0)) }),
    ];
    let epoch = store.create_epoch(Incarnation::new(0, 9)).await.expect("answers").value;
    for (key, entry) in entries {
        assert!(store.write_entry(&entry).await.expect("answers").value, "{entry:?}");
        let snapshot = store.read(key).await.expect("answers").value;
        assert_eq!((snapshot.epoch.as_ref(), snapshot.entry), (Some(&epoch), ItemRead::Found(entry.into())));
    }
}

#[rstest]
#[tokio::test]
async fn the_largest_inline_value_of_dynamodb_goes_into_one_item(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let store = backend.store.as_ref();
    let size = store.largest_inline().min(350 * 1024);
    assert_eq!(size, 350 * 1024);
    let resource = "r".repeat(256);
    let scope =
        Scope { partition: "p".repeat(64), region: Some("r".repeat(64)), account: Account::Id("123456789012".into()) };
    let longest = Key::with(&"d".repeat(64), scope, Some(Variant::of([])), Some(&resource)).expect("valid");
    let payload = Payload::Inline(bytes(1, size));
    let entry = StoredEntry { payload, used_at: Some(u64::MAX >> 1), ..entry(&longest, fence(1, u64::MAX >> 1)) };
    assert!(store.write_entry(&entry).await.expect("goes in").value);
    assert_eq!(stored(store, &longest).await, entry);
}

#[rstest]
#[tokio::test]
async fn an_entry_is_never_written_over_a_newer_fence_of_its_incarnation(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let store = backend.store.as_ref();
    let key = key("ec2-subnets", 1);
    // In this order, each over what the one before left. Counters are compared as numbers: 9 < 10.
    let steps = [
        (fence(1, 9), true),
        (fence(1, 10), true),
        (fence(1, 9), false),
        (fence(1, 10), true),
        (fence(2, 0), true),
        (fence(1, 100), true),
        (fence(1, 99), false),
    ];
    let mut expected = None;
    for (number, (fence, written)) in steps.into_iter().enumerate() {
        let entry = StoredEntry { size: number as u64, ..entry(&key, fence) };
        assert_eq!(store.write_entry(&entry).await.expect("answers").value, written, "step {number}");
        if written {
            expected = Some(entry);
        }
        assert_eq!(Some(stored(store, &key).await), expected, "step {number}");
    }
}

#[rstest]
#[tokio::test]
async fn the_newest_of_concurrent_writes_stays(#[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind) {
    let backend = kind.make().await;
    let store = backend.store.as_ref();
    let key = key("ec2-subnets", 1);
    let entries: Vec<_> = (0..32).map(|number| entry(&key, fence(1, number * 7 % 32))).collect();
    for written in futures::future::join_all(entries.iter().map(|entry| store.write_entry(entry))).await {
        written.expect("answers");
    }
    assert_eq!(stored(store, &key).await.fence, fence(1, 31));
}

#[rstest]
#[tokio::test]
async fn the_first_use_is_marked_once_and_for_its_entry_only(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let store = backend.store.as_ref();
    let key = key("ec2-subnets", 1);
    store.mark_used(&key, 5, 6).await.expect("nothing to mark is no failure");
    assert_eq!(store.read(&key).await.expect("answers").value.entry, ItemRead::Absent, "marking makes no entry");
    let entry = entry(&key, fence(1, 1));
    store.write_entry(&entry).await.expect("answers");
    store.mark_used(&key, entry.created_at + 1, 6).await.expect("answers");
    assert_eq!(stored(store, &key).await.used_at, None, "another entry's use");
    for used_at in [7, 8] {
        store.mark_used(&key, entry.created_at, used_at).await.expect("answers");
    }
    assert_eq!(stored(store, &key).await, StoredEntry { used_at: Some(7), ..entry });
}

#[rstest]
#[tokio::test]
async fn deleting_removes_entries_and_their_chunks_and_counts_entries(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let store = backend.store.as_ref();
    let epoch = store.create_epoch(Incarnation::new(0, 1)).await.expect("answers").value;
    let keys: Vec<_> = (0..60).map(|account| key("ec2-subnets", account)).collect();
    for key in &keys {
        store.write_entry(&entry(key, fence(1, 1))).await.expect("answers");
    }
    let with_chunks = chunked(entry(&keys[0], fence(1, 1)), "c", 30);
    store.write_entry(&with_chunks).await.expect("answers");
    let chunks: Vec<_> = with_chunks.payload.chunks().into_iter().map(|id| (id, bytes(2, 10))).collect();
    store.write_chunks(&chunks, 4_100_003_900).await.expect("answers");
    let mut doomed: Vec<_> = keys[..59].iter().map(|key| key.as_str().to_owned()).collect();
    doomed.push(key("ec2-subnets", 999).as_str().to_owned());
    doomed.push("#epoch".to_owned());
    // An index that lags may tell of an entry twice.
    doomed.push(doomed[0].clone());
    assert_eq!(store.delete(&doomed, None).await.expect("answers").value, 59);
    assert_eq!(store.read(&keys[0]).await.expect("answers").value.entry, ItemRead::Absent);
    stored(store, &keys[59]).await;
    let left = store.read_chunks(&with_chunks.payload.chunks()).await.expect("answers").value;
    assert!(left.iter().all(Option::is_none), "no chunk outlives its entry");
    assert_eq!(store.read_epoch().await.expect("answers").value, Some(epoch), "the epoch is no entry");
    assert_eq!(store.delete(&doomed, None).await.expect("answers").value, 0);
}

#[rstest]
#[tokio::test]
async fn deleting_for_a_resource_leaves_what_is_about_another(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let store = backend.store.as_ref();
    let scope = key("ec2-instances", 1).scope().clone();
    let about = |resource| Key::with("ec2-instances", scope.clone(), None, resource).expect("valid");
    let keys = [about(Some("i-aaaa")), about(Some("i-bbbb")), about(None)];
    for (key, digest) in keys.iter().zip(["a", "b", "c"]) {
        let entry = chunked(entry(key, fence(1, 1)), digest, 1);
        let chunks: Vec<_> = entry.payload.chunks().into_iter().map(|id| (id, bytes(1, 9))).collect();
        store.write_chunks(&chunks, entry.ttl).await.expect("answers");
        store.write_entry(&entry).await.expect("answers");
    }
    let texts = keys.each_ref().map(|key| key.as_str().to_owned());
    assert_eq!(store.delete(&texts, Some("i-aaaa")).await.expect("answers").value, 2);
    let left = stored(store, &keys[1]).await;
    assert_eq!(store.read_chunks(&left.payload.chunks()).await.expect("answers").value, [Some(bytes(1, 9))]);
    assert_eq!(store.read(&keys[2]).await.expect("answers").value.entry, ItemRead::Absent);
}

#[rstest]
#[tokio::test]
async fn a_store_that_nobody_cleans_forgets_by_itself(#[values(Kind::InProcess, Kind::Sqlite)] kind: Kind) {
    let backend = kind.make().await;
    let store = backend.store.as_ref();
    let (old, new) = (key("ec2-subnets", 1), key("ec2-subnets", 2));
    let expired = chunked(entry(&old, fence(1, 1)), "a", 1);
    let chunks: Vec<_> = expired.payload.chunks().into_iter().map(|id| (id, bytes(1, 9))).collect();
    store.write_chunks(&chunks, expired.ttl).await.expect("answers");
    store.take_lease(&old, &lease("one"), &Claim::New).await.expect("answers");
    store.write_entry(&expired).await.expect("answers");
    let written = |ttl: u64| StoredEntry { created_at: ttl * 1_000, ttl: ttl + 3_600, ..entry(&new, fence(1, 1)) };
    store.write_entry(&written(expired.ttl)).await.expect("answers");
    assert_eq!(stored(store, &old).await, expired, "not past its ttl yet");
    store.write_entry(&written(expired.ttl + 1)).await.expect("answers");
    assert_eq!(store.read(&old).await.expect("answers").value.entry, ItemRead::Absent);
    assert_eq!(store.read_chunks(&expired.payload.chunks()).await.expect("answers").value, [None]);
    let attempt = store.take_lease(&old, &lease("two"), &Claim::New).await.expect("answers").value;
    assert_eq!(attempt, LeaseAttempt::Taken);
    stored(store, &new).await;
}
