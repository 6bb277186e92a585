//! How leases end: given back by whoever lives, taken over from whoever doesn't.

use std::future::Future;
use std::sync::Arc;
use std::task::Poll;

use larder_cache::{FailureClass, Refresh};
use rstest::rstest;
use tokio::sync::Notify;

use crate::fault::{Fault, Op};
use crate::world::{World, millis, pass, seconds, settle, subnets, tell, told, within};

const DURATION: u64 = 6;

#[tokio::test(start_paused = true)]
async fn a_lease_is_over_once_the_entry_is_filled_under_it() {
    let world = World::new();
    let container = world.container();
    assert_eq!(container.tell().await, "v1 upstream");
    assert_eq!(world.store.total(), 4, "a read, an epoch that there was not, the lease, the entry");
    assert!(!world.store.is_leased(&container.key).await);
}

#[tokio::test(start_paused = true)]
async fn a_lease_is_given_back_before_the_answer_of_a_fetch_that_failed() {
    let world = World::new();
    let container = world.container();
    world.upstream.fail_with(FailureClass::Failed);
    assert_eq!(container.tell().await, "Failed");
    assert_eq!((world.store.count(Op::TakeLease), world.store.count(Op::ReleaseLease)), (1, 1));
    assert!(!world.store.is_leased(&container.key).await);
}

#[tokio::test(start_paused = true)]
async fn and_by_a_request_that_is_dropped_so_that_who_waits_needs_no_patience() {
    let world = World::new();
    let (holder, waiter) = (world.container(), world.container());
    world.upstream.hold_next();
    let holding = holder.ask();
    settle().await;
    let waiting = waiter.ask();
    settle().await;
    assert!(world.store.is_leased(&holder.key).await);
    holding.abort();
    settle().await;
    assert!(!world.store.is_leased(&holder.key).await);
    let before = waiter.clock.began_for();
    assert_eq!(told(waiting).await, "v2 upstream");
    assert!(waiter.clock.began_for() - before < seconds(1));
    assert_eq!(waiter.events().lease_taken_over, 0);
}

#[tokio::test(start_paused = true)]
async fn and_before_the_stale_answer_that_waited_for_a_refresh_in_vain() {
    let world = World::with(|settings, _| settings.refresh = Refresh::Within(millis(250)));
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(310)).await;
    world.upstream.hold();
    let answer = container.get().await;
    // Nothing has run since the answer.
    assert_eq!(world.store.count(Op::ReleaseLease), 1);
    assert!(!world.store.is_leased(&container.key).await);
    assert_eq!(tell(&answer), "v1 memory stale");
}

#[tokio::test(start_paused = true)]
async fn a_lease_whose_taking_got_no_answer_is_given_back_too() {
    let world = World::new();
    let container = world.container();
    world.store.fault_next(Op::TakeLease, Fault::LoseAnswer);
    assert_eq!(container.tell().await, "v1 upstream", "and holds nobody up");
    settle().await;
    assert!(!world.store.is_leased(&container.key).await);
}

#[rstest]
#[case::same(0, 0)]
#[case::waiter_ahead(0, 30 * 60)]
#[case::waiter_behind(30 * 60, 0)]
#[tokio::test(start_paused = true)]
async fn the_lease_of_a_holder_that_died_is_taken_over_by_the_waiters_own_clock(
    #[case] holder_ahead: u64,
    #[case] waiter_ahead: u64,
) {
    let world = World::new();
    let (holder, waiter) = (world.container(), world.container());
    holder.clock.freeze_for(seconds(holder_ahead));
    waiter.clock.freeze_for(seconds(waiter_ahead));
    world.upstream.hold_next();
    let holding = holder.ask();
    settle().await;
    world.store.fault(&[Op::ReleaseLease], &Fault::Fail);
    holding.abort();
    settle().await;
    world.store.heal();
    let waiting = waiter.ask();
    settle().await;
    pass(millis(DURATION * 1_000 - 1)).await;
    assert_eq!(world.upstream.calls(), 1, "it is respected for its duration");
    pass(seconds(1)).await;
    assert_eq!(told(waiting).await, "v2 upstream");
    assert_eq!(waiter.events().lease_taken_over, 1);
}

#[tokio::test(start_paused = true)]
async fn a_frozen_holder_is_waited_for_no_longer_than_a_dead_one() {
    let world = World::new();
    let (holder, waiter) = (world.container(), world.container());
    world.upstream.hold_next();
    let mut frozen = Box::pin(holder.get());
    // It runs until its fetch is under way, and is not polled again.
    while world.upstream.calls() == 0 {
        std::future::poll_fn(|context| {
            assert!(frozen.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
        settle().await;
    }
    let waiting = waiter.ask();
    pass(seconds(DURATION + 1)).await;
    assert_eq!(told(waiting).await, "v2 upstream");
    world.upstream.let_go();
    assert_eq!(tell(&frozen.await), "v1 upstream", "woken, it answers who asked it");
    settle().await;
    assert!(!world.store.is_leased(&holder.key).await);
}

#[tokio::test(start_paused = true)]
async fn a_holder_frozen_before_its_fetch_takes_the_lease_again() {
    let world = World::new();
    let (holder, other) = (world.container(), world.container());
    let gate = Arc::new(Notify::new());
    world.store.fault_next(Op::TakeLease, Fault::HoldAnswer(gate.clone()));
    let holding = holder.ask_with(within(seconds(60_000)));
    settle().await;
    assert!(world.store.is_leased(&holder.key).await);
    holder.clock.freeze_for(seconds(3_600));
    gate.notify_one();
    assert_eq!(told(holding).await, "v1 upstream");
    assert_eq!(world.store.count(Op::TakeLease), 2, "it can't tell whose the lease is by now");
    assert_eq!(other.tell().await, "v1 store");
}

#[tokio::test(start_paused = true)]
async fn a_slow_store_does_not_starve_the_fetch() {
    let world = World::new();
    world.store.keep_inline_up_to(1);
    world.container().get().await.expect("fetched");
    pass(seconds(370)).await;
    let container = world.container();
    let gate = Arc::new(Notify::new());
    let slow = [Op::TakeLease, Op::Read, Op::ReadChunks, Op::ReleaseLease];
    world.store.fault(&slow, &Fault::HoldAnswer(gate.clone()));
    let opening = tokio::spawn(async move {
        loop {
            tokio::time::sleep(millis(2_200)).await;
            gate.notify_waiters();
        }
    });
    let before = world.store.count(Op::TakeLease);
    let pending = container.ask();
    pass(seconds(20)).await;
    assert_eq!(world.upstream.calls(), 2, "what is left of its 25 s is enough for a fetch");
    assert_eq!(told(pending).await, "v2 upstream");
    assert_eq!(world.store.count(Op::TakeLease) - before, 1);
    opening.abort();
}

#[tokio::test(start_paused = true)]
async fn a_release_that_was_dropped_half_way_is_finished_by_another() {
    let world = World::with(|settings, _| settings.refresh = Refresh::Within(millis(250)));
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(310)).await;
    world.upstream.hold();
    world.store.fault_next(Op::ReleaseLease, Fault::Hang);
    let pending = container.ask();
    pass(millis(260)).await;
    pending.abort();
    settle().await;
    assert!(!world.store.is_leased(&container.key).await);
}

#[tokio::test(start_paused = true)]
async fn leases_are_given_back_side_by_side() {
    let world = World::new();
    let container = world.container();
    world.store.fault_next(Op::ReleaseLease, Fault::Hang);
    let slow = container.ask();
    settle().await;
    let before = container.clock.began_for();
    assert_eq!(container.about(subnets("eu-west-1")).tell().await, "v2 upstream");
    assert_eq!(container.clock.began_for(), before, "another's release is not waited for");
    assert_eq!(told(slow).await, "v1 upstream");
}

#[tokio::test(start_paused = true)]
async fn a_fill_without_a_lease_lets_nobody_wait_for_one_that_is_over() {
    let world = World::new();
    let (container, other) = (world.container(), world.container());
    assert_eq!(container.tell().await, "v1 upstream");
    pass(seconds(4_000)).await;
    world.store.fault_next(Op::TakeLease, Fault::Throttle);
    assert_eq!(container.tell().await, "v2 upstream", "the lease of its first fetch stands there still");
    assert!(!world.store.is_leased(&container.key).await);
    pass(seconds(4_000)).await;
    let before = other.clock.began_for();
    assert_eq!(other.tell().await, "v3 upstream");
    assert_eq!(other.clock.began_for(), before, "at once");
}

#[tokio::test(start_paused = true)]
async fn a_stale_answer_is_refreshed_after_a_fill_without_a_lease() {
    let world = World::with(|settings, _| settings.refresh = Refresh::Within(millis(250)));
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(4_000)).await;
    world.store.fault_next(Op::TakeLease, Fault::Throttle);
    container.get().await.expect("fetched");
    pass(seconds(301)).await;
    assert_eq!(container.tell().await, "v3 upstream");
}
