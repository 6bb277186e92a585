//! Single flight: who joins a fetch, and what it may take of it.

use std::sync::Arc;

use larder_cache::{FailureClass, Key, Selector, Verdict};
use tokio::sync::Notify;

use crate::fault::{Fault, Op};
use crate::world::{World, millis, pass, seconds, settle, subnets, told};

#[tokio::test(start_paused = true)]
async fn two_hundred_cold_requests_make_one_call_and_all_get_its_value() {
    let world = World::new();
    let container = world.container();
    world.upstream.hold();
    let pending: Vec<_> = (0..200).map(|_| container.ask()).collect();
    settle().await;
    world.upstream.let_go();
    for pending in pending {
        assert_eq!(told(pending).await, "v1 upstream");
    }
    assert_eq!((world.upstream.calls(), container.events().collapsed), (1, 199));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_joined_a_fetch_begun_before_an_invalidation_fetches_again() {
    let world = World::with(|settings, _| settings.coherence_window = seconds(0));
    let (container, other) = (world.container(), world.container());
    world.upstream.hold_next();
    let early = container.ask();
    settle().await;
    other.invalidate_all().await;
    let late: Vec<_> = (0..50).map(|_| container.ask()).collect();
    settle().await;
    world.upstream.let_go();
    assert_eq!(told(early).await, "v1 upstream");
    for late in late {
        assert!(told(late).await.starts_with("v2 "));
    }
    assert_eq!(world.upstream.calls(), 2, "and they share that fetch");
}

#[tokio::test(start_paused = true)]
async fn so_it_does_once_the_window_is_over() {
    let world = World::new();
    let (container, other) = (world.container(), world.container());
    world.upstream.hold_next();
    let early = container.ask();
    settle().await;
    other.invalidate_all().await;
    pass(millis(2_001)).await;
    let late = container.ask();
    settle().await;
    world.upstream.let_go();
    assert_eq!(told(early).await, "v1 upstream");
    assert_eq!(told(late).await, "v2 upstream");
}

#[tokio::test(start_paused = true)]
async fn a_joiner_takes_an_older_fetch_whose_fence_its_own_look_finds_good() {
    let world = World::with(|settings, _| settings.coherence_window = seconds(0));
    let container = world.container();
    world.upstream.hold();
    let early = container.ask();
    pass(seconds(10)).await;
    let late = container.ask();
    settle().await;
    world.upstream.let_go();
    assert_eq!(told(early).await, "v1 upstream");
    assert_eq!(told(late).await, "v1 upstream");
    assert_eq!(world.upstream.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn joiners_of_a_dropped_leader_start_again() {
    let world = World::new();
    let container = world.container();
    world.upstream.hold_next();
    let leader = container.ask();
    settle().await;
    let joiners: Vec<_> = (0..20).map(|_| container.ask()).collect();
    settle().await;
    leader.abort();
    for joiner in joiners {
        assert!(told(joiner).await.starts_with("v2 "));
    }
    assert_eq!((world.upstream.calls(), world.upstream.dropped()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_value_that_is_past_its_ttl_on_arrival_is_answered_and_fetched_only_once() {
    let world = World::with(|_, policy| {
        policy.ttl = seconds(1);
        policy.stale_while_revalidate = seconds(0);
    });
    let container = world.container();
    world.upstream.hold_next();
    let pending = container.ask();
    pass(seconds(5)).await;
    world.upstream.let_go();
    assert_eq!(told(pending).await, "v1 upstream", "who asked can't have anything newer");
    settle().await;
    assert_eq!(world.upstream.calls(), 1);
    assert_eq!(container.tell().await, "v2 upstream", "and nobody after it is served it");
}

#[tokio::test(start_paused = true)]
async fn a_miss_looks_in_memory_once_more_before_it_fetches() {
    let world = World::new();
    let (container, other) = (world.container(), world.container());
    container.get().await.expect("fetched");
    pass(seconds(3)).await;
    other.invalidate_all().await;
    let gate = Arc::new(Notify::new());
    world.store.fault_next(Op::ReadEpoch, Fault::HoldAnswer(gate.clone()));
    let slow = container.ask();
    settle().await;
    // Another request of the same container has a look of its own, and fills memory but not the store.
    container.about(subnets("eu-west-1")).get().await.expect("fetched");
    world.store.fault(&Op::WRITES, &Fault::Fail);
    assert_eq!(container.tell().await, "v3 upstream");
    gate.notify_one();
    assert_eq!(told(slow).await, "v3 memory");
}

#[tokio::test(start_paused = true)]
async fn who_joined_takes_no_failure_of_a_fetch_begun_before_an_invalidation() {
    let world = World::with(|settings, _| settings.coherence_window = seconds(0));
    let (container, other) = (world.container(), world.container());
    world.upstream.hold();
    world.upstream.fail_with(FailureClass::Denied);
    let early = container.ask();
    settle().await;
    other.invalidate_all().await;
    let late = container.ask();
    settle().await;
    world.upstream.let_go_up_to(1);
    assert_eq!(told(early).await, "Denied");
    world.upstream.recover();
    world.upstream.let_go();
    assert_eq!(told(late).await, "v2 upstream");
}

#[tokio::test(start_paused = true)]
async fn joiners_of_a_failure_that_is_too_old_for_them_share_one_more_fetch() {
    let world = World::new();
    let container = world.container();
    world.upstream.fail_with(FailureClass::Denied);
    world.upstream.hold_next();
    let early = container.ask();
    pass(seconds(5)).await;
    let late: Vec<_> = (0..50).map(|_| container.ask()).collect();
    settle().await;
    world.upstream.let_go_up_to(1);
    told(early).await;
    settle().await;
    world.upstream.let_go();
    for pending in late {
        assert_eq!(told(pending).await, "Denied");
    }
    assert_eq!(world.upstream.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn keys_of_two_resources_are_two() {
    let world = World::new();
    let scope = subnets("us-east-1").scope().clone();
    let about = |resource| Key::with("ec2-instances", scope.clone(), None, Some(resource)).expect("valid");
    let container = world.container();
    assert_eq!(container.about(about("i-aaaa")).tell().await, "v1 upstream");
    assert_eq!(container.about(about("i-bbbb")).tell().await, "v2 upstream");
    assert_eq!(world.container().about(about("i-aaaa")).tell().await, "v1 store");
    let read = Key::parse(about("i-aaaa").as_str(), |_| Some("aws")).expect("its own text");
    container.invalidate(&Selector::EVERYTHING.resource("i-bbbb").expect("valid")).await;
    let inspected = container.inspect(&read).await.expect("answers");
    assert_eq!((inspected.verdict, inspected.marks.len()), (Verdict::Fresh, 0), "{}", inspected.reason);
    container.invalidate(&Selector::EVERYTHING.resource("i-aaaa").expect("valid")).await;
    assert_eq!(container.inspect(&read).await.expect("answers").verdict, Verdict::Dead);
}
