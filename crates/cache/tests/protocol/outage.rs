//! The store out of reach: left alone, and nothing served that no look vouches for.

use std::sync::Arc;

use larder_cache::StoreHealth;
use rstest::rstest;
use tokio::sync::Notify;

use crate::fault::{Fault, Op};
use crate::world::{Container, World, millis, pass, seconds, settle, subnets, told, within};

/// A container whose breaker has just opened: five requests found the store failing.
async fn cut_off(world: &World) -> Container {
    let container = world.container();
    world.store.fault_all(&Fault::Fail);
    for number in 0..5 {
        assert_eq!(container.cache.store_health(), StoreHealth::Reachable);
        container.about(subnets(&format!("opening-{number}"))).get().await.expect("fetched all the same");
    }
    assert_eq!(container.cache.store_health(), StoreHealth::LeftAlone);
    container
}

#[tokio::test(start_paused = true)]
async fn after_5_failures_it_is_left_alone_for_60_s_then_probed_once() {
    let world = World::new();
    let container = cut_off(&world).await;
    let before = world.store.total();
    for _ in 0..20 {
        assert!(container.tell().await.ends_with(" upstream"));
        pass(millis(2_900)).await;
    }
    assert_eq!(world.store.total(), before, "straight to upstream");
    pass(seconds(2)).await;
    container.get().await.expect("fetched");
    assert_eq!(world.store.total(), before + 1, "one probe, which fails");
    container.get().await.expect("fetched");
    assert_eq!(world.store.total(), before + 1, "left alone again");
    world.store.heal();
    pass(seconds(60)).await;
    let calls = world.upstream.calls();
    assert_eq!(container.tell().await, format!("v{} upstream", calls + 1));
    assert_eq!(container.tell().await, format!("v{} memory", calls + 1), "it recovered by itself");
    assert_eq!(container.cache.store_health(), StoreHealth::Reachable);
}

#[tokio::test(start_paused = true)]
async fn half_open_lets_one_probe_through() {
    let world = World::new();
    let container = cut_off(&world).await;
    world.store.heal();
    pass(seconds(60)).await;
    let before = world.store.total();
    let gate = Arc::new(Notify::new());
    world.store.fault_next(Op::Read, Fault::HoldQuestion(gate.clone()));
    let probe = container.ask();
    settle().await;
    for number in 0..10 {
        container.about(subnets(&format!("other-{number}"))).get().await.expect("fetched");
    }
    assert_eq!(world.store.total(), before + 1);
    assert_eq!(container.cache.store_health(), StoreHealth::Probing);
    gate.notify_one();
    told(probe).await;
    assert_eq!(container.cache.store_health(), StoreHealth::Reachable);
}

#[tokio::test(start_paused = true)]
async fn who_joins_a_fetch_does_not_spend_the_probe() {
    let world = World::new();
    let joining = world.container();
    joining.get().await.expect("fetched");
    pass(seconds(370)).await;
    world.store.fault_all(&Fault::Fail);
    for number in 0..5 {
        joining.about(subnets(&format!("opening-{number}"))).get().await.expect("fetched all the same");
    }
    world.upstream.hold_next();
    let leading = joining.ask_with(within(seconds(600)));
    pass(seconds(60)).await;
    world.store.heal();
    let gate = Arc::new(Notify::new());
    world.store.fault_next(Op::ReadEpoch, Fault::HoldQuestion(gate.clone()));
    let joined = joining.ask();
    settle().await;
    world.upstream.let_go();
    settle().await;
    gate.notify_one();
    told(leading).await;
    told(joined).await;
    assert_eq!(joining.cache.store_health(), StoreHealth::Reachable, "no probe was dropped half-way");
}

#[rstest]
#[case::hanging(Fault::Hang, 3)]
#[case::throttling(Fault::Throttle, 0)]
#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_or_throttles_counts_as_failing(#[case] fault: Fault, #[case] waited: u64) {
    let world = World::new();
    let container = world.container();
    world.store.fault_all(&fault);
    for number in 0..5 {
        let before = container.clock.began_for();
        container.about(subnets(&format!("opening-{number}"))).get().await.expect("answered from upstream");
        assert_eq!(container.clock.began_for() - before, seconds(waited));
    }
    let before = container.clock.began_for();
    container.get().await.expect("answered from upstream");
    assert_eq!(container.clock.began_for(), before, "nobody waits for it any more");
}

#[tokio::test(start_paused = true)]
async fn while_it_is_left_alone_fetches_are_capped_and_the_rest_turned_away() {
    let world = World::new();
    let container = cut_off(&world).await;
    world.upstream.hold();
    let pending: Vec<_> = (0..20).map(|number| container.about(subnets(&format!("other-{number}"))).ask()).collect();
    pass(seconds(3)).await;
    assert_eq!(world.upstream.most_running(), 16);
    world.upstream.let_go();
    let mut overloaded = 0;
    for pending in pending {
        overloaded += usize::from(told(pending).await == "Overloaded");
    }
    assert_eq!((overloaded, container.events().overloaded), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn at_window_zero_later_arrivals_join_no_fetch_begun_before_them_but_share_the_next() {
    let world = World::with(|settings, _| settings.coherence_window = seconds(0));
    let container = cut_off(&world).await;
    world.upstream.hold();
    let early = container.ask();
    settle().await;
    let late: Vec<_> = (0..50).map(|_| container.ask()).collect();
    settle().await;
    world.upstream.let_go_up_to(6);
    assert_eq!(told(early).await, "v6 upstream");
    settle().await;
    world.upstream.let_go();
    for late in late {
        assert_eq!(told(late).await, "v7 upstream");
    }
}

#[tokio::test(start_paused = true)]
async fn with_a_window_they_join_what_began_no_earlier_than_it_allows() {
    let world = World::new();
    let container = cut_off(&world).await;
    world.upstream.hold_next();
    let early = container.ask();
    pass(millis(1_500)).await;
    let in_time = container.ask();
    pass(millis(1_500)).await;
    let late = container.ask();
    settle().await;
    world.upstream.let_go();
    assert_eq!(told(early).await, "v6 upstream");
    assert_eq!(told(in_time).await, "v6 upstream");
    assert_eq!(told(late).await, "v7 upstream");
}

#[tokio::test(start_paused = true)]
async fn memory_is_not_served_without_a_look() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    world.store.fault_all(&Fault::Fail);
    pass(millis(1_999)).await;
    assert_eq!(container.tell().await, "v1 memory", "the last look is good for the window");
    pass(seconds(1)).await;
    assert_eq!(container.tell().await, "v2 upstream");
    pass(seconds(310)).await;
    assert_eq!(container.tell().await, "v3 upstream", "nor is what is stale");
}

#[tokio::test(start_paused = true)]
async fn what_was_fetched_in_an_outage_is_served_after_it_if_nothing_was_invalidated() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    world.store.fault_all(&Fault::Fail);
    pass(seconds(3)).await;
    assert_eq!(container.tell().await, "v2 upstream");
    world.store.heal();
    assert_eq!(container.tell().await, "v2 memory");
}

#[rstest]
#[case::before_the_fetch_unseen(true)]
#[case::after_the_fetch(false)]
#[tokio::test(start_paused = true)]
async fn and_not_if_anything_was_since_its_last_look(#[case] before: bool) {
    let world = World::new();
    let (container, other) = (world.container(), world.container());
    container.get().await.expect("fetched");
    if before {
        other.invalidate_all().await;
    }
    world.store.fault_all(&Fault::Fail);
    pass(seconds(3)).await;
    assert_eq!(container.tell().await, "v2 upstream");
    world.store.heal();
    if !before {
        other.invalidate_all().await;
    }
    pass(seconds(3)).await;
    assert_eq!(container.tell().await, "v3 upstream");
}

#[tokio::test(start_paused = true)]
async fn a_container_that_never_looked_keeps_nothing() {
    let world = World::new();
    world.store.fault_all(&Fault::Fail);
    let container = world.container();
    assert_eq!(container.tell().await, "v1 upstream");
    assert_eq!(container.cache.memory_bytes(), 0);
    world.store.heal();
    assert_eq!(container.tell().await, "v2 upstream");
    assert_eq!(container.tell().await, "v2 memory");
}

#[tokio::test(start_paused = true)]
async fn without_any_store_everything_comes_from_upstream() {
    let world = World::new();
    let container = world.container_on(None);
    assert_eq!(container.tell().await, "v1 upstream");
    assert_eq!(container.tell().await, "v2 upstream");
    assert_eq!(container.cache.store_health(), StoreHealth::Absent);
    assert_eq!(container.events().bypassed, 2);
}
