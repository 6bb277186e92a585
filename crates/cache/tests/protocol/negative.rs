//! Failures are remembered for a moment, so that a broken upstream is not hammered.

use larder_cache::FailureClass;
use rstest::rstest;

use crate::world::{World, millis, pass, seconds};

#[rstest]
#[case(FailureClass::Failed, 1)]
#[case(FailureClass::Rejected, 1)]
#[case::denied_never(FailureClass::Denied, 3)]
#[tokio::test(start_paused = true)]
async fn a_failure_is_remembered_for_the_negative_ttl(#[case] class: FailureClass, #[case] calls: usize) {
    let world = World::new();
    let container = world.container();
    world.upstream.fail_with(class);
    for _ in 0..3 {
        assert_eq!(container.tell().await, format!("{class:?}"));
    }
    assert_eq!(world.upstream.calls(), calls);
    pass(millis(1_999)).await;
    container.get().await.expect_err("still");
    let before = world.upstream.calls();
    pass(seconds(2)).await;
    container.get().await.expect_err("still");
    assert_eq!(world.upstream.calls(), before + 1);
}

#[tokio::test(start_paused = true)]
async fn upstream_well_again_is_seen_after_the_negative_ttl() {
    let world = World::new();
    let container = world.container();
    world.upstream.fail_with(FailureClass::Failed);
    container.get().await.expect_err("fails");
    world.upstream.recover();
    assert_eq!(container.tell().await, "Failed");
    pass(seconds(2)).await;
    assert_eq!(container.tell().await, "v2 upstream");
    assert_eq!(container.tell().await, "v2 memory");
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_kills_a_remembered_failure() {
    let world = World::new();
    let (container, other) = (world.container(), world.container());
    world.upstream.fail_with(FailureClass::Rejected);
    container.get().await.expect_err("fails");
    world.upstream.recover();
    assert_eq!(container.tell().await, "Rejected");
    other.invalidate_all().await;
    assert_eq!(container.tell().await, "v2 upstream");
}

#[tokio::test(start_paused = true)]
async fn a_negative_ttl_of_zero_remembers_nothing() {
    let world = World::with(|settings, _| settings.negative_ttl = seconds(0));
    let container = world.container();
    world.upstream.fail_with(FailureClass::Failed);
    container.get().await.expect_err("fails");
    container.get().await.expect_err("fails");
    assert_eq!(world.upstream.calls(), 2);
}
