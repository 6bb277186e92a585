//! A request's own `Cache-Control`.

use larder_cache::{FailureClass, Forward, Origin};

use crate::world::{World, max_age, no_cache, only_if_cached, pass, seconds, settle, tell, told};

#[tokio::test(start_paused = true)]
async fn no_cache_forces_one_fetch_per_key_in_10_s() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(1)).await;
    let forced = container.get_with(no_cache()).await;
    assert_eq!(tell(&forced), "v2 upstream");
    let origin = forced.expect("fetched").origin;
    assert_eq!(origin, Origin::Upstream { why: Forward::Request, collapsed: false, stored: true });
    for _ in 0..9 {
        pass(seconds(1)).await;
        assert_eq!(container.tell_with(no_cache()).await, "v2 memory");
    }
    pass(seconds(1)).await;
    assert_eq!(container.tell_with(no_cache()).await, "v3 upstream");
    assert_eq!(container.tell().await, "v3 memory", "and what it brought is kept");
}

#[tokio::test(start_paused = true)]
async fn also_across_containers() {
    let world = World::new();
    let (first, second) = (world.container(), world.container());
    first.get().await.expect("fetched");
    pass(seconds(1)).await;
    assert_eq!(first.tell_with(no_cache()).await, "v2 upstream");
    pass(seconds(5)).await;
    assert_eq!(second.tell_with(no_cache()).await, "v2 store");
    assert_eq!(world.container().tell_with(no_cache()).await, "v2 store");
    pass(seconds(5)).await;
    assert_eq!(second.tell_with(no_cache()).await, "v3 upstream");
}

#[tokio::test(start_paused = true)]
async fn a_hundred_at_once_force_one_fetch_and_all_get_it() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(1)).await;
    let pending: Vec<_> = (0..100).map(|_| container.ask_with(no_cache())).collect();
    for pending in pending {
        assert!(told(pending).await.starts_with("v2 "));
    }
    assert_eq!(world.upstream.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failing_upstream_is_not_forced_more_often() {
    let world = World::with(|settings, _| settings.negative_ttl = seconds(0));
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(1)).await;
    world.upstream.fail_with(FailureClass::Failed);
    for _ in 0..5 {
        container.get_with(no_cache()).await.ok();
    }
    assert_eq!(world.upstream.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn max_age_takes_what_is_young_enough() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(20)).await;
    assert_eq!(container.tell_with(max_age(20)).await, "v1 memory");
    assert_eq!(world.container().tell_with(max_age(20)).await, "v1 store");
    assert_eq!(container.tell_with(max_age(19)).await, "v2 upstream");
    assert_eq!(container.tell_with(max_age(19)).await, "v2 memory");
}

#[tokio::test(start_paused = true)]
async fn only_if_cached_never_fetches() {
    let world = World::new();
    let container = world.container();
    assert_eq!(container.tell_with(only_if_cached()).await, "NotCached");
    assert_eq!(world.upstream.calls(), 0);
    container.get().await.expect("fetched");
    assert_eq!(container.tell_with(only_if_cached()).await, "v1 memory");
    assert_eq!(world.container().tell_with(only_if_cached()).await, "v1 store");
    let neither = larder_cache::Directives { only_if_cached: true, ..no_cache() };
    pass(seconds(1)).await;
    assert_eq!(container.tell_with(neither).await, "NotCached");
    assert_eq!(world.upstream.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn only_if_cached_fetches_not_even_in_the_background() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(310)).await;
    assert_eq!(container.tell_with(only_if_cached()).await, "v1 memory stale");
    assert_eq!(world.container().tell_with(only_if_cached()).await, "v1 store stale");
    settle().await;
    pass(seconds(100)).await;
    assert_eq!(container.tell_with(only_if_cached()).await, "NotCached", "past its stale window");
    assert_eq!(world.upstream.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_max_age_refuses_is_no_answer_to_a_failure_either() {
    let world = World::with(|settings, _| settings.negative_ttl = seconds(0));
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(400)).await;
    world.upstream.fail_with(FailureClass::Failed);
    assert_eq!(container.tell_with(max_age(500)).await, "v1 memory stale-if-error");
    assert_eq!(container.tell_with(max_age(399)).await, "Failed");
}

#[tokio::test(start_paused = true)]
async fn nor_is_a_fresh_one_that_no_cache_refused() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(1)).await;
    world.upstream.fail_with(FailureClass::Failed);
    let pending: Vec<_> = (0..5).map(|_| container.ask_with(no_cache())).collect();
    let mut answers = Vec::new();
    for pending in pending {
        answers.push(told(pending).await);
    }
    assert_eq!(answers[0], "Failed", "whose fetch it was is not answered with what it refused");
    assert_eq!(world.upstream.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_asks_for_no_cache_during_a_forced_fetch_gets_what_it_brings() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(1)).await;
    world.upstream.hold();
    let first = container.ask_with(no_cache());
    pass(seconds(1)).await;
    let second = container.ask_with(no_cache());
    settle().await;
    world.upstream.let_go();
    assert_eq!(told(first).await, "v2 upstream");
    assert_eq!(told(second).await, "v2 upstream");
    assert_eq!(world.upstream.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn no_cache_does_not_bring_back_what_was_invalidated() {
    let world = World::with(|settings, _| settings.coherence_window = seconds(0));
    let (container, other) = (world.container(), world.container());
    container.get().await.expect("fetched");
    pass(seconds(1)).await;
    assert_eq!(container.tell_with(no_cache()).await, "v2 upstream");
    other.invalidate_all().await;
    assert_eq!(container.tell_with(no_cache()).await, "v3 upstream");
}
