//! The first layer, and what a hit of either layer costs the store.

use std::sync::Arc;

use larder_cache::Origin;
use tokio::sync::Notify;

use crate::fault::{Fault, Op};
use crate::world::{World, pass, seconds, settle, subnets, told};

#[tokio::test(start_paused = true)]
async fn memory_is_bounded_in_bytes() {
    const BOUND: u64 = 64 << 10;
    let world = World::with(|settings, _| settings.memory_bytes = BOUND);
    let container = world.container();
    world.upstream.give(vec![7; 3_000]);
    for number in 0..200 {
        container.about(subnets(&format!("region-{number}"))).get().await.expect("fetched");
        assert!(container.cache.memory_bytes() <= BOUND, "{} bytes", container.cache.memory_bytes());
    }
    assert!(container.cache.memory_bytes() > BOUND / 2, "it does hold what fits");
}

#[tokio::test(start_paused = true)]
async fn within_the_window_a_memory_hit_costs_no_store_operation() {
    let world = World::new();
    let container = world.container();
    assert_eq!(container.tell().await, "v1 upstream");
    assert_eq!(container.tell().await, "v1 memory");
    // The first hit marks the entry as used.
    settle().await;
    let before = world.store.total();
    for _ in 0..100 {
        assert_eq!(container.tell().await, "v1 memory");
    }
    pass(seconds(1)).await;
    assert_eq!(container.tell().await, "v1 memory");
    settle().await;
    assert_eq!(world.store.total(), before);
}

#[tokio::test(start_paused = true)]
async fn after_the_window_a_memory_hit_costs_one_read_of_the_epoch() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    container.get().await.expect("a hit");
    pass(seconds(3)).await;
    let before = world.store.total();
    assert_eq!(container.tell().await, "v1 memory");
    assert_eq!(container.tell().await, "v1 memory");
    settle().await;
    assert_eq!((world.store.total() - before, world.store.count(Op::ReadEpoch)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_store_hit_is_one_read() {
    let world = World::new();
    world.container().get().await.expect("fetched");
    let before = world.store.total();
    let other = world.container();
    assert_eq!(other.tell().await, "v1 store");
    assert_eq!((world.store.total() - before, world.store.count(Op::ReadEpoch)), (1, 0));
    settle().await;
    assert_eq!(world.store.total() - before, 2, "and its use is marked in the background");
    assert_eq!(world.upstream.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn used_at_is_marked_once_per_entry_by_the_first_request_served_from_it() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    settle().await;
    assert_eq!(world.store.count(Op::MarkUsed), 0, "a fetch is no use");
    pass(seconds(1)).await;
    for _ in 0..10 {
        container.get().await.expect("a hit");
    }
    settle().await;
    assert_eq!(world.store.count(Op::MarkUsed), 1);
    let stored = world.store.stored(&container.key).await.expect("stored");
    assert_eq!(stored.used_at, Some(stored.created_at + 1_000));
    assert_eq!(world.container().tell().await, "v1 store");
    settle().await;
    assert_eq!(world.store.count(Op::MarkUsed), 1, "the store knows already");
}

#[tokio::test(start_paused = true)]
async fn a_store_hit_keeps_its_own_expiry() {
    let world = World::new();
    world.container().get().await.expect("fetched");
    pass(seconds(100)).await;
    let other = world.container();
    let answer = other.get().await.expect("stored");
    assert_eq!((answer.origin, answer.age, answer.lifetime), (Origin::Store, seconds(100), seconds(300)));
    assert_eq!(answer.ttl_seconds(), 200);
    pass(seconds(199)).await;
    assert_eq!(other.tell().await, "v1 memory");
    pass(seconds(1)).await;
    assert_eq!(other.tell().await, "v1 memory stale");
}

#[tokio::test(start_paused = true)]
async fn a_store_hit_keeps_its_own_fence_and_never_the_newest_looks() {
    let world = World::with(|settings, _| settings.coherence_window = seconds(0));
    let (first, second) = (world.container(), world.container());
    first.get().await.expect("fetched");
    let gate = Arc::new(Notify::new());
    world.store.fault_next(Op::Read, Fault::HoldAnswer(gate.clone()));
    let early = second.ask();
    settle().await;
    first.invalidate_all().await;
    // The newest look of the second container is of after the invalidation now.
    second.about(subnets("eu-west-1")).get().await.expect("fetched");
    gate.notify_one();
    assert_eq!(told(early).await, "v1 store", "it began before the invalidation");
    assert_eq!(second.tell().await, "v3 upstream");
}
