//! Looks at the epoch: dated at their sending, trusted for a window, shared by those that they are new enough for.

use std::sync::Arc;

use larder_cache::FetchOncePer;
use tokio::sync::Notify;

use crate::fault::{Fault, Op};
use crate::world::{World, millis, pass, seconds, settle, subnets, told};

#[tokio::test(start_paused = true)]
async fn the_window_is_2_s_by_default_and_an_invalidation_is_over_after_it() {
    let world = World::new();
    let (first, second) = (world.container(), world.container());
    first.get().await.expect("fetched");
    assert_eq!(second.tell().await, "v1 store");
    let invalidated = first.invalidate_all().await;
    assert_eq!(invalidated.effective_within, seconds(2));
    assert_eq!(invalidated.epoch.counter, 1);
    pass(millis(1_999)).await;
    assert_eq!(second.tell().await, "v1 memory", "the last look is trusted for the window");
    pass(millis(2)).await;
    assert_eq!(second.tell().await, "v2 upstream");
}

#[tokio::test(start_paused = true)]
async fn the_container_that_invalidates_sees_it_at_once() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    container.invalidate_all().await;
    assert_eq!(container.tell().await, "v2 upstream");
}

#[tokio::test(start_paused = true)]
async fn window_zero_is_strict_even_within_the_same_instant() {
    let world = World::with(|settings, _| settings.coherence_window = seconds(0));
    let (first, second) = (world.container(), world.container());
    for round in 0..20 {
        second.get().await.expect("answered");
        first.invalidate_all().await;
        assert_eq!(second.tell().await, format!("v{} upstream", round + 2));
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_in_flight_at_an_invalidation_is_of_no_use_to_who_comes_after_it() {
    let world = World::with(|settings, _| settings.store_timeout = seconds(100));
    let (first, second) = (world.container(), world.container());
    first.get().await.expect("fetched");
    assert_eq!(second.tell().await, "v1 store");
    pass(seconds(3)).await;
    let gate = Arc::new(Notify::new());
    world.store.fault_next(Op::ReadEpoch, Fault::HoldAnswer(gate.clone()));
    let early = second.ask();
    settle().await;
    first.invalidate_all().await;
    pass(millis(2_001)).await;
    let late = second.ask();
    settle().await;
    gate.notify_one();
    assert_eq!(told(early).await, "v1 memory", "it began before the invalidation");
    assert_eq!(told(late).await, "v2 upstream", "a look is as old as its sending");
    assert_eq!(second.tell().await, "v2 memory");
}

#[tokio::test(start_paused = true)]
async fn an_answer_sent_earlier_never_replaces_one_sent_later() {
    let world = World::with(|_, policy| policy.fetch_once_per = FetchOncePer::Process);
    let (first, second) = (world.container(), world.container());
    first.get().await.expect("fetched");
    assert_eq!(second.tell().await, "v1 store");
    let gate = Arc::new(Notify::new());
    world.store.fault_next(Op::Read, Fault::HoldAnswer(gate.clone()));
    let slow = second.about(subnets("eu-west-1")).ask();
    settle().await;
    first.invalidate_all().await;
    second.about(subnets("eu-north-1")).get().await.expect("fetched");
    gate.notify_one();
    settle().await;
    assert_eq!(second.tell().await, "v4 upstream", "what it has seen of the invalidation it does not forget");
    told(slow).await;
}

#[tokio::test(start_paused = true)]
async fn requests_of_one_moment_share_one_read_of_the_epoch() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(3)).await;
    let pending: Vec<_> = (0..100).map(|_| container.ask()).collect();
    for pending in pending {
        assert_eq!(told(pending).await, "v1 memory");
    }
    assert_eq!(world.store.count(Op::ReadEpoch), 1);
}

#[tokio::test(start_paused = true)]
async fn who_comes_too_late_for_a_read_of_the_epoch_shares_the_next() {
    let world = World::with(|settings, _| settings.coherence_window = seconds(0));
    let container = world.container();
    container.get().await.expect("fetched");
    let gate = Arc::new(Notify::new());
    world.store.fault_next(Op::ReadEpoch, Fault::HoldAnswer(gate.clone()));
    let early = container.ask();
    settle().await;
    let late: Vec<_> = (0..100).map(|_| container.ask()).collect();
    settle().await;
    assert_eq!(world.store.count(Op::ReadEpoch), 1, "one is under way at a time");
    gate.notify_one();
    assert_eq!(told(early).await, "v1 memory");
    for late in late {
        assert_eq!(told(late).await, "v1 memory");
    }
    assert_eq!(world.store.count(Op::ReadEpoch), 2);
}

#[tokio::test(start_paused = true)]
async fn a_look_whose_asker_is_dropped_is_made_by_the_next() {
    let world = World::with(|settings, _| settings.coherence_window = seconds(0));
    let container = world.container();
    container.get().await.expect("fetched");
    world.store.fault_next(Op::ReadEpoch, Fault::Hang);
    let dropped = container.ask();
    settle().await;
    let waiting = container.ask();
    settle().await;
    dropped.abort();
    assert_eq!(told(waiting).await, "v1 memory");
}
