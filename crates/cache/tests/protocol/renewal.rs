//! Renewals of which nobody knows whether, or when, they took effect.

use std::sync::Arc;

use larder_cache::FailureClass;
use rstest::rstest;
use tokio::sync::Notify;

use crate::fault::{Fault, Op};
use crate::world::{Container, Pending, World, millis, pass, seconds, settle, told};

/// A holder whose first renewal meets this fault, and whose fetch is still under way 100 ms later.
async fn holder_renewing(world: &World, fault: Fault) -> (Container, Pending) {
    let holder = world.container();
    world.upstream.hold();
    let holding = holder.ask();
    settle().await;
    world.store.fault_next(Op::TakeLease, fault);
    pass(millis(2_100)).await;
    assert_eq!(world.store.count(Op::TakeLease), 2);
    (holder, holding)
}

/// Another container fetches at once what was invalidated, since nobody holds the lease.
async fn assert_fetched_at_once(world: &World, value: &str) {
    let other = world.container();
    other.invalidate_all().await;
    let before = other.clock.began_for();
    assert_eq!(other.tell().await, format!("{value} upstream"));
    assert_eq!(other.clock.began_for(), before);
}

#[tokio::test(start_paused = true)]
async fn one_that_arrives_after_the_lease_was_given_back_revives_it_for_nobody() {
    let world = World::new();
    let (holder, holding) = holder_renewing(&world, Fault::Fail).await;
    world.upstream.fail_with(FailureClass::Failed);
    world.upstream.let_go();
    assert_eq!(told(holding).await, "Failed");
    world.store.renewal_arrives_late().await;
    assert!(!world.store.is_leased(&holder.key).await);
    world.upstream.recover();
    assert_fetched_at_once(&world, "v2").await;
}

#[rstest]
#[case::it_did_not_arrive(Fault::Hang)]
#[case::its_answer_was_lost(Fault::LoseAnswer)]
#[tokio::test(start_paused = true)]
async fn the_answer_does_not_wait_for_one_that_hangs(#[case] fault: Fault) {
    let world = World::new();
    let (holder, holding) = holder_renewing(&world, fault).await;
    world.upstream.let_go();
    assert_eq!(told(holding).await, "v1 upstream");
    assert_eq!(holder.clock.began_for(), millis(2_100));
    world.store.renewal_arrives_late().await;
    assert!(!world.store.is_leased(&holder.key).await);
    assert_fetched_at_once(&world, "v2").await;
}

#[tokio::test(start_paused = true)]
async fn nor_does_it_hold_anybody_up_that_takes_effect_while_the_lease_is_being_given_back() {
    let world = World::new();
    let (holder, holding) = holder_renewing(&world, Fault::Hang).await;
    let gate = Arc::new(Notify::new());
    world.store.fault_next(Op::ReleaseLease, Fault::HoldQuestion(gate.clone()));
    world.upstream.let_go();
    settle().await;
    world.store.renewal_arrives_late().await;
    assert!(world.store.is_leased(&holder.key).await, "the entry names the owner before");
    gate.notify_one();
    assert_eq!(told(holding).await, "v1 upstream");
    assert!(!world.store.is_leased(&holder.key).await);
    assert_fetched_at_once(&world, "v2").await;
}

#[tokio::test(start_paused = true)]
async fn who_finds_the_entry_naming_the_owner_before_waits_and_fetches_once_per_fleet() {
    let world = World::new();
    let (_, holding) = holder_renewing(&world, Fault::LoseAnswer).await;
    let gate = Arc::new(Notify::new());
    world.store.fault_next(Op::ReleaseLease, Fault::HoldQuestion(gate.clone()));
    world.upstream.let_go();
    settle().await;
    let waiters = [world.container(), world.container()];
    waiters[0].invalidate_all().await;
    let waiting = waiters.each_ref().map(Container::ask);
    pass(seconds(1)).await;
    assert_eq!(world.upstream.calls(), 1, "the lease looks as if somebody held it");
    gate.notify_one();
    pass(seconds(1)).await;
    assert!(waiting.iter().all(Pending::is_finished), "no longer than until it is given back");
    let mut answers = Vec::new();
    for waiting in waiting {
        answers.push(told(waiting).await);
    }
    answers.sort();
    assert_eq!(answers, ["v2 store", "v2 upstream"]);
    assert_eq!(told(holding).await, "v1 upstream");
    assert_eq!(world.upstream.calls(), 2);
}
