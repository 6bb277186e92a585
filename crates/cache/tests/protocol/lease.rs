//! Once per fleet: the lease, and what its holder does under it.

use std::sync::Arc;

use larder_cache::FetchOncePer;
use tokio::sync::Notify;

use crate::fault::{Fault, Op};
use crate::world::{Container, World, millis, pass, seconds, settle, told, within};

#[tokio::test(start_paused = true)]
async fn a_cold_key_is_fetched_once_per_fleet() {
    let world = World::new();
    let containers: Vec<_> = (0..10).map(|_| world.container()).collect();
    world.upstream.hold();
    let pending: Vec<_> = containers.iter().map(Container::ask).collect();
    pass(millis(500)).await;
    world.upstream.let_go();
    let mut answers = Vec::new();
    for pending in pending {
        answers.push(told(pending).await);
    }
    assert_eq!(answers.remove(0), "v1 upstream");
    assert_eq!(answers, vec!["v1 store"; 9]);
    assert_eq!(world.upstream.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_the_lease_once_per_process() {
    let world = World::with(|_, policy| policy.fetch_once_per = FetchOncePer::Process);
    let containers = [world.container(), world.container()];
    world.upstream.hold();
    let pending: Vec<_> = (0..40).map(|number| containers[number % 2].ask()).collect();
    settle().await;
    world.upstream.let_go();
    for pending in pending {
        told(pending).await;
    }
    assert_eq!((world.upstream.calls(), world.store.count(Op::TakeLease)), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn nobody_gets_a_lease_by_a_read_that_is_older_than_the_last_fill() {
    let world = World::new();
    let (slow, quick) = (world.container(), world.container());
    let gate = Arc::new(Notify::new());
    world.store.fault_next(Op::TakeLease, Fault::HoldQuestion(gate.clone()));
    let waiting = slow.ask();
    settle().await;
    assert_eq!(quick.tell().await, "v1 upstream");
    gate.notify_one();
    assert_eq!(told(waiting).await, "v1 store", "filled between its read and its lease");
    assert_eq!(world.upstream.calls(), 1);
    assert!(!world.store.is_leased(&slow.key).await);
}

#[tokio::test(start_paused = true)]
async fn the_fence_is_of_the_read_that_the_lease_was_taken_by() {
    let world = World::new();
    let (container, other) = (world.container(), world.container());
    let gate = Arc::new(Notify::new());
    world.store.fault_next(Op::TakeLease, Fault::HoldQuestion(gate.clone()));
    let waiting = container.ask();
    settle().await;
    other.invalidate_all().await;
    gate.notify_one();
    assert_eq!(told(waiting).await, "v1 upstream");
    assert_eq!(world.store.stored(&container.key).await.expect("stored").fence.counter, 0);
    pass(seconds(3)).await;
    assert_eq!(container.tell().await, "v2 upstream", "too old a fence costs a fetch, and no lie");
    assert_eq!(world.store.stored(&container.key).await.expect("stored").fence.counter, 1);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_another_serves_what_policy_lets_it() {
    let world = World::new();
    let (holder, waiter) = (world.container(), world.container());
    holder.get().await.expect("fetched");
    pass(seconds(310)).await;
    world.upstream.hold();
    assert_eq!(holder.tell().await, "v1 memory stale");
    settle().await;
    assert!(world.store.is_leased(&holder.key).await);
    let before = waiter.clock.began_for();
    assert_eq!(waiter.tell().await, "v1 store stale");
    assert_eq!(waiter.clock.began_for(), before, "at once");
    assert_eq!(world.upstream.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_has_waited_for_most_of_its_deadline_fetches_itself() {
    let world = World::new();
    let (holder, waiter) = (world.container(), world.container());
    world.upstream.hold_next();
    let holding = holder.ask_with(within(seconds(600)));
    settle().await;
    let waiting = waiter.ask_with(within(seconds(10)));
    pass(millis(7_900)).await;
    assert_eq!(world.upstream.calls(), 1);
    pass(millis(500)).await;
    assert_eq!(told(waiting).await, "v2 upstream");
    world.upstream.let_go();
    assert_eq!(told(holding).await, "v1 upstream");
}

#[tokio::test(start_paused = true)]
async fn a_slow_holder_that_renews_keeps_the_lease() {
    let world = World::new();
    let (holder, waiter) = (world.container(), world.container());
    world.upstream.hold();
    let holding = holder.ask_with(within(seconds(600)));
    settle().await;
    let waiting = waiter.ask_with(within(seconds(600)));
    pass(seconds(60)).await;
    assert_eq!(world.upstream.calls(), 1, "ten times its duration");
    world.upstream.let_go();
    assert_eq!(told(holding).await, "v1 upstream");
    assert_eq!(told(waiting).await, "v1 store");
    assert_eq!(waiter.events().lease_taken_over, 0);
}

#[tokio::test(start_paused = true)]
async fn a_renewal_whose_answer_was_lost_does_not_lose_the_lease() {
    let world = World::new();
    let (holder, waiter) = (world.container(), world.container());
    world.upstream.hold();
    let holding = holder.ask_with(within(seconds(600)));
    settle().await;
    world.store.fault_next(Op::TakeLease, Fault::LoseAnswer);
    pass(millis(5_500)).await;
    let waiting = waiter.ask_with(within(seconds(600)));
    pass(seconds(30)).await;
    assert_eq!(world.upstream.calls(), 1);
    world.upstream.let_go();
    assert_eq!(told(holding).await, "v1 upstream");
    assert!(!world.store.is_leased(&holder.key).await, "and it is given back");
    assert_eq!(told(waiting).await, "v1 store");
}

#[tokio::test(start_paused = true)]
async fn a_holder_whose_store_was_slow_before_the_fetch_renews_in_time() {
    let world = World::new();
    let (holder, waiter) = (world.container(), world.container());
    let (first, taking, second) = (Arc::new(Notify::new()), Arc::new(Notify::new()), Arc::new(Notify::new()));
    world.store.fault_next(Op::Read, Fault::HoldAnswer(first.clone()));
    world.upstream.hold();
    let holding = holder.ask_with(within(seconds(600)));
    settle().await;
    world.store.fault_next(Op::TakeLease, Fault::HoldAnswer(taking.clone()));
    first.notify_one();
    settle().await;
    let waiting = waiter.ask_with(within(seconds(600)));
    pass(millis(2_500)).await;
    world.store.fault_next(Op::Read, Fault::HoldAnswer(second.clone()));
    taking.notify_one();
    // Whichever of the two it was that read next.
    pass(millis(2_500)).await;
    second.notify_one();
    pass(seconds(5)).await;
    assert_eq!((world.upstream.calls(), waiter.events().lease_taken_over), (1, 0));
    world.upstream.let_go();
    assert_eq!(told(holding).await, "v1 upstream");
    assert_eq!(told(waiting).await, "v1 store");
}
