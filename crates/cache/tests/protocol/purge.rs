//! Purging and listing: what is stored, and what is deleted.

use larder_cache::store::ChunkId;
use larder_cache::{InvalidateError, Key, Selector, StoreHealth};

use crate::fault::{Fault, Op};
use crate::world::{World, key, pass, seconds, subnets};

const ACCOUNT: &str = "123456789012";
const TYPES: [&str; 2] = ["ec2-subnets", "drs-quotas"];

#[tokio::test(start_paused = true)]
async fn a_purge_deletes_the_items_and_chunks_of_exactly_what_matches() {
    let world = World::new();
    world.store.keep_inline_up_to(4);
    let container = world.container();
    let mut all: Vec<(larder_cache::Key, Vec<ChunkId>)> = Vec::new();
    for data_type in TYPES {
        for region in ["us-east-1", "eu-west-1"] {
            let key = key(data_type, region, ACCOUNT);
            container.about(key.clone()).get().await.expect("fetched");
            let chunks = world.store.stored(&key).await.expect("stored").payload.chunks();
            assert!(chunks.len() > 1);
            all.push((key, chunks));
        }
    }
    let selector = Selector::EVERYTHING.data_type(TYPES[0]).and_then(|it| it.region("us-east-1")).expect("valid");
    let purged = container.cache.purge(&selector, &TYPES).await.expect("answers");
    assert_eq!(purged.purged, Some(1));
    for (key, chunks) in &all {
        let gone = selector.matches(key);
        assert_eq!(world.store.stored(key).await.is_none(), gone, "{key}");
        assert_eq!(world.store.chunks_there(chunks).await, if gone { 0 } else { chunks.len() }, "{key}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_purge_goes_through_every_page() {
    let world = World::new();
    let container = world.container();
    for number in 0..250 {
        container.about(key(TYPES[0], &format!("region-{number}"), ACCOUNT)).get().await.expect("fetched");
    }
    let purged = container.cache.purge(&Selector::EVERYTHING, &TYPES).await.expect("answers");
    assert_eq!(purged.purged, Some(250));
    assert!(world.store.count(Op::List) > 2);
    assert!(container.cache.entries(TYPES[0], None, 10).await.expect("answers").entries.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_is_in_effect_though_its_purge_failed() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    world.store.fault(&[Op::List, Op::Delete], &Fault::Fail);
    let error = container.cache.purge(&Selector::EVERYTHING, &TYPES).await.expect_err("the deletion failed");
    assert!(matches!(error, InvalidateError::Purge(_)), "{error}");
    assert_eq!(container.tell().await, "v2 upstream");
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_without_purge_writes_once_whatever_is_stored() {
    let world = World::new();
    let container = world.container();
    for number in 0..50 {
        container.about(key(TYPES[0], &format!("region-{number}"), ACCOUNT)).get().await.expect("fetched");
    }
    let before = world.store.total();
    container.invalidate_all().await;
    assert_eq!((world.store.total() - before, world.store.count(Op::AdvanceEpoch)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_listing_tells_page_by_page_what_is_stored() {
    let world = World::new();
    let container = world.container();
    let mut expected = Vec::new();
    for number in 0..7 {
        let key = key(TYPES[0], &format!("region-{number}"), ACCOUNT);
        container.about(key.clone()).get().await.expect("fetched");
        expected.push(key.as_str().to_owned());
        pass(seconds(1)).await;
    }
    container.about(key(TYPES[1], "us-east-1", ACCOUNT)).get().await.expect("fetched");
    let (mut listed, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = container.cache.entries(TYPES[0], after.as_ref(), 3).await.expect("answers");
        pages += 1;
        assert!(page.entries.iter().all(|entry| entry.size == 2 && entry.data_type == TYPES[0]));
        listed.extend(page.entries.into_iter().map(|entry| entry.key));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((listed, pages), (expected, 3));
}

#[tokio::test(start_paused = true)]
async fn a_purge_of_one_resource_leaves_the_others() {
    let world = World::new();
    let container = world.container();
    let scope = subnets("us-east-1").scope().clone();
    let about = |resource| Key::with(TYPES[0], scope.clone(), None, Some(resource)).expect("valid");
    let keys = [about("i-aaaa"), about("i-bbbb"), subnets("us-east-1")];
    for key in &keys {
        container.about(key.clone()).get().await.expect("fetched");
    }
    let selector = Selector::EVERYTHING.resource("i-aaaa").expect("valid");
    let purged = container.cache.purge(&selector, &TYPES).await.expect("answers");
    assert_eq!(purged.purged, Some(2), "and what may tell of it among others");
    assert!(world.store.stored(&keys[1]).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_purge_ends() {
    let world = World::new();
    let container = world.container();
    for number in 0..500 {
        container.about(key(TYPES[0], &format!("region-{number}"), ACCOUNT)).get().await.expect("fetched");
    }
    world.store.be_slow(1, seconds(1));
    let before = container.clock.began_for();
    let error = container.cache.purge(&Selector::EVERYTHING, &TYPES).await.expect_err("there is too much of it");
    assert!(matches!(error, InvalidateError::Purge(_)), "{error}");
    assert!(container.clock.began_for() - before < seconds(25));
}

#[tokio::test(start_paused = true)]
async fn what_only_a_listing_needs_may_fail_and_the_store_is_asked_all_the_same() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    world.store.fault(&[Op::List, Op::Delete], &Fault::Fail);
    for _ in 0..10 {
        container.cache.entries(TYPES[0], None, 10).await.expect_err("fails");
        container.cache.purge(&Selector::EVERYTHING, &TYPES).await.expect_err("fails");
    }
    assert_eq!(container.cache.store_health(), StoreHealth::Reachable);
    // Nor is one that succeeds a sign that the rest does.
    world.store.heal();
    world.store.fault(&[Op::Read, Op::ReadEpoch], &Fault::Fail);
    for number in 0..5 {
        container.cache.entries(TYPES[0], None, 10).await.expect("answers");
        container.about(key(TYPES[1], &format!("region-{number}"), ACCOUNT)).get().await.expect("fetched");
    }
    assert_eq!(container.cache.store_health(), StoreHealth::LeftAlone);
    container.cache.entries(TYPES[0], None, 10).await.expect_err("left alone");
    pass(seconds(61)).await;
    container.cache.entries(TYPES[0], None, 10).await.expect("answers");
    assert_eq!(container.cache.store_health(), StoreHealth::LeftAlone, "it was no probe");
}
