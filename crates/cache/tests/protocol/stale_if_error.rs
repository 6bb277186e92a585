//! A stale entry instead of a failure of upstream, and when there must be none.

use larder_cache::{FailureClass, Freshness};
use rstest::rstest;

use crate::fault::Fault;
use crate::world::{World, pass, seconds, settle, told};

#[rstest]
#[case(FailureClass::Failed, "v1 memory stale-if-error")]
#[case(FailureClass::Denied, "Denied")]
#[case(FailureClass::Rejected, "Rejected")]
#[tokio::test(start_paused = true)]
async fn only_an_upstream_that_is_unwell_is_papered_over(#[case] class: FailureClass, #[case] expected: &str) {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(400)).await;
    world.upstream.fail_with(class);
    assert_eq!(container.tell().await, expected);
    // The same by what is remembered of the failure.
    assert_eq!(container.tell().await, expected);
    // And for a container that has it from the store.
    assert_eq!(world.container().tell().await, expected);
}

#[tokio::test(start_paused = true)]
async fn the_answer_says_which_failure_it_stands_for() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(400)).await;
    world.upstream.fail_with(FailureClass::Failed);
    let answer = container.get().await.expect("stale");
    assert_eq!(answer.age, seconds(400));
    let Freshness::StaleIfError(failure) = answer.freshness else { panic!("{:?}", answer.freshness) };
    assert_eq!(failure.to_string(), "told to fail");
}

#[tokio::test(start_paused = true)]
async fn not_past_its_window() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(300 + 3_599)).await;
    world.upstream.fail_with(FailureClass::Failed);
    assert_eq!(container.tell().await, "v1 memory stale-if-error");
    pass(seconds(10)).await;
    assert_eq!(container.tell().await, "Failed");
}

#[tokio::test(start_paused = true)]
async fn not_what_is_fenced_out() {
    let world = World::new();
    let (container, other) = (world.container(), world.container());
    container.get().await.expect("fetched");
    pass(seconds(400)).await;
    other.invalidate_all().await;
    world.upstream.fail_with(FailureClass::Failed);
    assert_eq!(container.tell().await, "Failed");
}

#[tokio::test(start_paused = true)]
async fn no_look_no_stale() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(400)).await;
    world.upstream.fail_with(FailureClass::Failed);
    world.store.fault_all(&Fault::Fail);
    assert_eq!(container.tell().await, "Failed");
    // Nor by a look of an earlier request.
    world.store.heal();
    assert_eq!(container.tell().await, "v1 memory stale-if-error");
    pass(seconds(3)).await;
    world.store.fault_all(&Fault::Fail);
    assert_eq!(container.tell().await, "Failed");
}

#[tokio::test(start_paused = true)]
async fn joiners_of_a_failed_fetch_get_it_by_looks_of_their_own() {
    let world = World::with(|settings, _| settings.coherence_window = seconds(0));
    let (container, other) = (world.container(), world.container());
    container.get().await.expect("fetched");
    pass(seconds(400)).await;
    world.upstream.fail_with(FailureClass::Failed);
    world.upstream.hold();
    let early = container.ask();
    settle().await;
    other.invalidate_all().await;
    let late = container.ask();
    settle().await;
    world.upstream.let_go();
    told(early).await;
    assert_eq!(told(late).await, "Failed", "the stale entry is dead by its look");
}

#[tokio::test(start_paused = true)]
async fn not_after_a_denial_that_another_failure_followed() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(400)).await;
    world.upstream.fail_with(FailureClass::Denied);
    // Without a look too.
    world.store.fault_all(&Fault::Fail);
    assert_eq!(container.tell().await, "Denied");
    world.store.heal();
    world.upstream.fail_with(FailureClass::Failed);
    assert_eq!(container.tell().await, "Failed");
}
