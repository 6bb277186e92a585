//! Stale-while-revalidate, for a process that goes on after its answer and for one that may not.

use larder_cache::{FailureClass, Freshness, Refresh};

use crate::fault::Op;
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
    let operations = world.store.total();
    pass(seconds(1)).await;
    let used = world.store.count(Op::MarkUsed);
    assert!(world.store.total() <= operations + used, "but for the mark of its use");
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

#[tokio::test(start_paused = true)]
async fn once_access_was_denied_nothing_past_its_ttl_is_served() {
    for refresh in [Refresh::InBackground, Refresh::Within(millis(250))] {
        let world = World::with(|settings, _| settings.refresh = refresh);
        let container = world.container();
        container.get().await.expect("fetched");
        pass(seconds(310)).await;
        world.upstream.fail_with(FailureClass::Denied);
        container.get().await.ok();
        settle().await;
        pass(seconds(5)).await;
        assert_eq!(container.tell().await, "Denied", "{refresh:?}");
    }
}
