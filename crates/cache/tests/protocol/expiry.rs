//! TTLs, and the clocks that they are measured by.

use std::collections::BTreeSet;
use std::sync::Arc;

use larder_cache::FetchOncePer;
use tokio::sync::Notify;

use crate::fault::{Fault, Op};
use crate::world::{World, millis, pass, seconds, subnets, told};

const HOUR: u64 = 3_600;

/// A TTL of a day, so that only looks age.
fn long_lived() -> World {
    World::with(|_, policy| policy.ttl = seconds(24 * HOUR))
}

#[tokio::test(start_paused = true)]
async fn without_jitter_a_ttl_is_exact() {
    let world = World::new();
    let container = world.container();
    assert_eq!(container.get().await.expect("fetched").lifetime, seconds(300));
    pass(millis(299_999)).await;
    assert_eq!(container.tell().await, "v1 memory");
    pass(millis(1)).await;
    assert_eq!(container.tell().await, "v1 memory stale");
}

#[tokio::test(start_paused = true)]
async fn what_expires_while_the_look_at_the_epoch_takes_its_time_is_not_said_to_be_fresh() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(millis(299_500)).await;
    let gate = Arc::new(Notify::new());
    world.store.fault_next(Op::ReadEpoch, Fault::HoldAnswer(gate.clone()));
    let pending = container.ask();
    pass(seconds(1)).await;
    gate.notify_one();
    assert_eq!(told(pending).await, "v1 memory stale");
}

#[tokio::test(start_paused = true)]
async fn jitter_only_ever_shortens_a_ttl_and_differs() {
    let world = World::with(|settings, policy| {
        settings.ttl_jitter = 0.1;
        policy.fetch_once_per = FetchOncePer::Process;
    });
    let container = world.container();
    let mut lifetimes = BTreeSet::new();
    for number in 0..100 {
        let answer = container.about(subnets(&format!("region-{number}"))).get().await.expect("fetched");
        assert!((seconds(270)..=seconds(300)).contains(&answer.lifetime), "{:?}", answer.lifetime);
        lifetimes.insert(answer.lifetime);
    }
    assert!(lifetimes.len() > 50, "{} of 100 differ", lifetimes.len());
}

#[tokio::test(start_paused = true)]
async fn an_entry_expires_while_its_container_is_frozen() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    container.clock.freeze_for(seconds(HOUR));
    assert_eq!(container.tell().await, "v2 upstream");
}

#[tokio::test(start_paused = true)]
async fn an_entry_expires_though_the_wall_clock_was_set_back() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    container.clock.set_back_by(seconds(HOUR));
    assert_eq!(container.tell().await, "v1 memory");
    pass(seconds(299)).await;
    assert_eq!(container.tell().await, "v1 memory");
    pass(seconds(1)).await;
    assert_eq!(container.tell().await, "v1 memory stale");
}

#[tokio::test(start_paused = true)]
async fn a_container_whose_wall_clock_was_set_back_takes_no_entry_that_it_had_for_a_younger_one() {
    let world = World::with(|_, policy| policy.stale_while_revalidate = seconds(0));
    let (container, other) = (world.container(), world.container());
    container.get().await.expect("fetched");
    assert_eq!(other.tell().await, "v1 store");
    for container in [&container, &other] {
        container.clock.set_back_by(seconds(HOUR));
    }
    pass(seconds(300)).await;
    assert_eq!(container.tell().await, "v2 upstream", "the store's is the one that has expired here");
    assert_eq!(other.tell().await, "v2 store");
}

#[tokio::test(start_paused = true)]
async fn a_look_ages_while_its_container_is_frozen() {
    let world = long_lived();
    let (container, other) = (world.container(), world.container());
    container.get().await.expect("fetched");
    other.invalidate_all().await;
    container.clock.freeze_for(seconds(HOUR));
    assert_eq!(container.tell().await, "v2 upstream");
}

#[tokio::test(start_paused = true)]
async fn a_look_ages_though_the_wall_clock_was_set_back() {
    let world = long_lived();
    let (container, other) = (world.container(), world.container());
    container.get().await.expect("fetched");
    other.invalidate_all().await;
    container.clock.set_back_by(seconds(HOUR));
    pass(millis(2_001)).await;
    assert_eq!(container.tell().await, "v2 upstream");
}

#[tokio::test(start_paused = true)]
async fn clocks_of_two_containers_can_shorten_a_life_and_lengthen_it_by_no_more_than_itself() {
    let world = World::new();
    let (writer, behind, ahead) = (world.container(), world.container(), world.container());
    writer.get().await.expect("fetched");
    behind.clock.set_back_by(seconds(900));
    ahead.clock.freeze_for(seconds(100));
    assert_eq!(behind.tell().await, "v1 store");
    assert_eq!(ahead.get().await.expect("stored").age, seconds(100));
    pass(seconds(200)).await;
    assert_eq!(ahead.tell().await, "v1 memory stale");
    assert_eq!(behind.tell().await, "v1 memory", "its age is never negative");
    pass(seconds(100)).await;
    assert_eq!(behind.tell().await, "v1 memory stale");
}
