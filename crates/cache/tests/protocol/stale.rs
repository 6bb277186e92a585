//! Stale-while-revalidate, for a process that goes on after its answer and for one that may not.

use std::sync::Arc;

use larder_cache::{FailureClass, Freshness, Refresh};
use rstest::rstest;
use tokio::sync::Notify;

use crate::fault::{Fault, Op};
use crate::world::{World, millis, pass, seconds, settle, told};

#[tokio::test(start_paused = true)]
async fn in_background_a_stale_entry_is_served_at_once_and_refreshed_once() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(310)).await;
    let answer = container.get().await.expect("stale");
    assert!(matches!(answer.freshness, Freshness::StaleWhileRevalidate));
    assert_eq!((answer.age, answer.ttl_seconds()), (seconds(310), -10));
    assert_eq!(world.upstream.calls(), 1, "it did not wait");
    for _ in 0..10 {
        assert_eq!(container.tell().await, "v1 memory stale");
    }
    settle().await;
    assert_eq!(world.upstream.calls(), 2);
    assert_eq!(container.tell().await, "v2 memory");
}

#[tokio::test(start_paused = true)]
async fn a_stale_entry_of_the_store_is_refreshed_too() {
    let world = World::new();
    world.container().get().await.expect("fetched");
    pass(seconds(310)).await;
    let other = world.container();
    assert_eq!(other.tell().await, "v1 store stale");
    settle().await;
    assert_eq!(other.tell().await, "v2 memory");
}

#[tokio::test(start_paused = true)]
async fn past_the_stale_window_it_is_fetched_before_the_answer() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(360)).await;
    assert_eq!(container.tell().await, "v2 upstream");
}

#[tokio::test(start_paused = true)]
async fn within_a_limit_a_quick_refresh_is_what_is_answered() {
    let world = World::with(|settings, _| settings.refresh = Refresh::Within(millis(250)));
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(310)).await;
    assert_eq!(container.tell().await, "v2 upstream");
    assert_eq!(container.tell().await, "v2 memory");
}

#[tokio::test(start_paused = true)]
async fn a_slow_refresh_is_waited_for_250_ms_then_dropped() {
    let world = World::with(|settings, _| settings.refresh = Refresh::Within(millis(250)));
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(310)).await;
    world.upstream.hold();
    let before = container.clock.began_for();
    let pending = container.ask();
    settle().await;
    assert_eq!(container.tell().await, "v1 memory stale", "who finds a refresh under way doesn't wait for it");
    assert_eq!(told(pending).await, "v1 memory stale");
    assert_eq!(container.clock.began_for() - before, millis(250));
    assert_eq!((world.upstream.calls(), world.upstream.dropped()), (2, 1), "nothing runs on after the answer");
    let but_for_marks = || world.store.total() - world.store.count(Op::MarkUsed);
    let operations = but_for_marks();
    pass(seconds(1)).await;
    assert_eq!(but_for_marks(), operations, "but for the mark of its use");
}

#[tokio::test(start_paused = true)]
async fn a_stale_entry_that_is_fenced_out_is_never_served() {
    let world = World::with(|settings, _| settings.coherence_window = seconds(0));
    let (container, other) = (world.container(), world.container());
    container.get().await.expect("fetched");
    pass(seconds(310)).await;
    other.invalidate_all().await;
    assert_eq!(container.tell().await, "v2 upstream");
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn once_refused_nothing_past_its_ttl_is_served(
    #[values(FailureClass::Denied, FailureClass::Rejected)] refusal: FailureClass,
    #[values(Refresh::InBackground, Refresh::Within(millis(250)))] refresh: Refresh,
) {
    let world = World::with(|settings, _| settings.refresh = refresh);
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(310)).await;
    world.upstream.fail_with(refusal);
    container.get().await.ok();
    settle().await;
    pass(seconds(5)).await;
    assert_eq!(container.tell().await, format!("{refusal:?}"));
    // Nor instead of another failure, or at a deadline: only a fetch that succeeds takes a refusal back.
    pass(seconds(5)).await;
    world.upstream.fail_with(FailureClass::Failed);
    for _ in 0..2 {
        assert_eq!(container.tell().await, "Failed");
        pass(seconds(5)).await;
    }
    world.upstream.hold_next();
    assert_eq!(container.tell().await, "Deadline");
    world.upstream.let_go();
    world.upstream.recover();
    container.get().await.expect("fetched");
    pass(seconds(310)).await;
    world.upstream.fail_with(FailureClass::Failed);
    assert_eq!(container.tell().await, "v7 memory stale");
}

#[tokio::test(start_paused = true)]
async fn nor_by_a_request_that_had_found_it_usable_before() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(310)).await;
    world.upstream.hold_next();
    assert_eq!(container.tell().await, "v1 memory stale");
    pass(seconds(3)).await;
    let gate = Arc::new(Notify::new());
    world.store.fault_next(Op::ReadEpoch, Fault::HoldQuestion(gate.clone()));
    let looking = container.ask();
    settle().await;
    world.upstream.fail_with(FailureClass::Denied);
    world.upstream.let_go();
    settle().await;
    gate.notify_one();
    assert_eq!(told(looking).await, "Denied");
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_was_only_being_written_when_its_time_was_over_is_answered() {
    let world = World::with(|settings, _| settings.refresh = Refresh::Within(millis(250)));
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(310)).await;
    world.upstream.hold_next();
    world.store.fault_next(Op::WriteEntry, Fault::HoldQuestion(Arc::new(Notify::new())));
    let pending = container.ask();
    pass(millis(230)).await;
    world.upstream.let_go();
    assert_eq!(told(pending).await, "v2 upstream");
    assert_eq!((container.tell().await.as_str(), world.upstream.calls()), ("v2 memory", 2));
}

#[tokio::test(start_paused = true)]
async fn a_store_too_slow_to_take_the_lease_back_is_not_waited_for() {
    let world = World::with(|settings, _| settings.refresh = Refresh::Within(millis(250)));
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(310)).await;
    world.upstream.hold();
    world.store.fault(&[Op::ReleaseLease], &Fault::Hang);
    let before = container.clock.began_for();
    assert_eq!(container.tell().await, "v1 memory stale");
    assert_eq!(container.clock.began_for() - before, millis(500));
}
