//! Stored items: compressed, chunked, and believed only when they are whole and the asked one's.

use larder_cache::store::{ItemRead, Payload, StoredEntry};
use larder_cache::{Events, Origin};
use rstest::rstest;
use std::sync::Arc;

use crate::clock::{Clock, paused_now};
use crate::fault::Op;
use crate::world::{World, pass, seconds, subnets};

/// Bytes that don't compress.
fn noise(length: usize) -> Vec<u8> {
    let clock = Clock::new(7, paused_now());
    (0..length).map(|_| larder_cache::Environment::random(&clock) as u8).collect()
}

/// What a reader that was shown `tampered` items answered, and counted.
async fn read_tampered(tamper: impl Fn(StoredEntry) -> ItemRead + Send + 'static) -> (String, Events) {
    let world = World::new();
    world.container().get().await.expect("fetched");
    world.store.tamper(tamper);
    let reader = world.container();
    (reader.tell().await, reader.events())
}

fn found(entry: StoredEntry) -> ItemRead {
    ItemRead::Found(Arc::new(entry))
}

#[tokio::test(start_paused = true)]
async fn a_value_is_stored_smaller_than_it_is() {
    let world = World::new();
    let container = world.container();
    let value = br#"{"subnetId":"subnet-1","tags":{}},"#.repeat(500);
    world.upstream.give(value.clone());
    container.get().await.expect("fetched");
    let stored = world.store.stored(&container.key).await.expect("stored");
    let Payload::Inline(bytes) = &stored.payload else { panic!("in chunks") };
    assert!(bytes.len() < value.len() / 10, "{} of {}", bytes.len(), value.len());
    assert_eq!(stored.size, value.len() as u64);
    assert_eq!(world.container().get().await.expect("stored").value, value);
}

#[tokio::test(start_paused = true)]
async fn a_value_above_what_an_item_holds_comes_back_byte_for_byte_for_one_read_more() {
    let world = World::new();
    world.store.keep_inline_up_to(1_000);
    let container = world.container();
    let value = noise(10_500);
    world.upstream.give(value.clone());
    container.get().await.expect("fetched");
    let stored = world.store.stored(&container.key).await.expect("stored");
    assert_eq!(stored.payload.chunks().len(), 11);
    let (reader, before) = (world.container(), world.store.total());
    let answer = reader.get().await.expect("stored");
    assert_eq!((answer.origin, answer.value.to_vec()), (Origin::Store, value));
    assert_eq!((world.store.total() - before, world.store.count(Op::ReadChunks)), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn chunks_are_written_before_the_entry_that_names_them() {
    let world = World::new();
    world.store.keep_inline_up_to(1_000);
    let container = world.container();
    world.upstream.give(noise(5_000));
    world.store.fault(&[Op::WriteChunks], &crate::fault::Fault::Fail);
    container.get().await.expect("fetched");
    assert_eq!((world.store.count(Op::WriteChunks), world.store.count(Op::WriteEntry)), (1, 0));
    assert!(world.store.stored(&container.key).await.is_none());
}

#[rstest]
#[case::missing(|number, chunk: bytes::Bytes| (number != 1).then_some(chunk), (1, 0))]
#[case::altered(|number, chunk: bytes::Bytes| Some(if number == 1 { vec![0; chunk.len()].into() } else { chunk }), (0, 1))]
#[case::cut(|_, chunk: bytes::Bytes| Some(chunk.slice(1..)), (0, 1))]
#[tokio::test(start_paused = true)]
async fn a_chunk_that_is_missing_or_not_what_it_was_is_a_miss(
    #[case] tamper: fn(usize, bytes::Bytes) -> Option<bytes::Bytes>,
    #[case] counted: (u64, u64),
) {
    let world = World::new();
    world.store.keep_inline_up_to(1_000);
    world.upstream.give(noise(3_500));
    world.container().get().await.expect("fetched");
    world.store.tamper_chunk(tamper);
    let reader = world.container();
    world.upstream.give("new");
    assert_eq!(reader.tell().await, "new upstream");
    let events = reader.events();
    assert!((events.chunk_missing > 0, events.corrupt > 0) == (counted.0 > 0, counted.1 > 0), "{events:?}");
}

#[tokio::test(start_paused = true)]
async fn a_malformed_or_older_item_is_a_miss_with_a_counter() {
    let (answer, events) = read_tampered(|entry| ItemRead::Malformed { lease: entry.lease }).await;
    assert_eq!(answer, "v2 upstream");
    assert!(events.malformed > 0);
}

#[rstest]
#[case::identity(|mut entry: StoredEntry| { entry.identity.text = "aws#ec2-subnets#us-east-1#999999999999#-".into(); entry })]
#[case::account(|mut entry: StoredEntry| { entry.identity.account_id = "999999999999".into(); entry })]
#[case::key(|mut entry: StoredEntry| { entry.key = "ec2-subnets#us-east-1#999999999999".into(); entry })]
#[tokio::test(start_paused = true)]
async fn an_entry_that_says_it_is_anothers_is_a_miss_with_a_counter(#[case] change: fn(StoredEntry) -> StoredEntry) {
    let (answer, events) = read_tampered(move |entry| found(change(entry))).await;
    assert_eq!(answer, "v2 upstream");
    assert!(events.foreign > 0);
}

#[rstest]
#[case::digest(|mut entry: StoredEntry| { entry.etag = "0".repeat(32); entry })]
#[case::size(|mut entry: StoredEntry| { entry.size += 1; entry })]
#[case::enormous(|mut entry: StoredEntry| { entry.size = u64::MAX; entry })]
#[case::no_zstd(|mut entry: StoredEntry| { entry.payload = Payload::Inline("v1".into()); entry })]
#[case::empty(|mut entry: StoredEntry| { entry.payload = Payload::Inline("".into()); entry })]
#[tokio::test(start_paused = true)]
async fn a_value_that_is_not_what_its_entry_says_is_a_miss_with_a_counter(
    #[case] change: fn(StoredEntry) -> StoredEntry,
) {
    let (answer, events) = read_tampered(move |entry| found(change(entry))).await;
    assert_eq!(answer, "v2 upstream");
    assert!(events.corrupt > 0);
}

#[tokio::test(start_paused = true)]
async fn moments_that_make_no_sense_are_no_reason_to_panic() {
    for (created_at, expires_at) in [(u64::MAX, 0), (0, u64::MAX), (0, 0), (u64::MAX, u64::MAX)] {
        let change = move |entry: StoredEntry| found(StoredEntry { created_at, expires_at, ..entry });
        let (answer, _) = read_tampered(change).await;
        assert!(answer.starts_with('v'), "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_value_above_the_cap_is_served_and_not_kept() {
    let world = World::with(|settings, _| settings.largest_value = 1_000);
    let container = world.container();
    world.upstream.give(vec![b'a'; 1_001]);
    for calls in 1..=2 {
        let answer = container.get().await.expect("served");
        assert!(matches!(answer.origin, Origin::Upstream { stored: false, .. }));
        assert_eq!((answer.value.len(), world.upstream.calls()), (1_001, calls));
    }
    assert_eq!((container.events().too_large, container.cache.memory_bytes()), (2, 0));
    assert_eq!(world.store.count(Op::WriteEntry), 0);
    world.upstream.give(vec![b'a'; 1_000]);
    container.get().await.expect("served");
    assert_eq!(world.store.count(Op::WriteEntry), 1);
}

#[tokio::test(start_paused = true)]
async fn an_item_is_forgotten_an_hour_after_its_last_usable_moment() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    let stored = world.store.stored(&container.key).await.expect("stored");
    assert_eq!(stored.expires_at, stored.created_at + 300_000);
    assert_eq!(stored.ttl, stored.created_at / 1_000 + 300 + 3_600 + 3_600);
}

#[tokio::test(start_paused = true)]
async fn an_entry_put_under_another_key_is_never_served_for_it() {
    let world = World::new();
    let (container, victim) = (world.container(), subnets("eu-west-1"));
    container.get().await.expect("fetched");
    let stored = world.store.stored(&container.key).await.expect("stored");
    let misplaced = StoredEntry { key: victim.as_str().to_owned(), ..(*stored).clone() };
    world.store.put(&victim, &misplaced).await;
    pass(seconds(1)).await;
    let reader = world.container().about(victim);
    assert_eq!(reader.tell().await, "v2 upstream");
    assert!(reader.events().foreign > 0);
}
