//! A request ends with its deadline.

use larder_cache::Directives;

use crate::fault::{Fault, Op};
use crate::world::{World, millis, pass, seconds, settle, told, within};

#[tokio::test(start_paused = true)]
async fn the_deadline_is_25_s_by_default_and_takes_the_fetch_and_its_lease_along() {
    let world = World::new();
    let container = world.container();
    world.upstream.hold();
    assert_eq!(Directives::default().deadline, seconds(25));
    assert_eq!(container.tell().await, "Deadline");
    assert_eq!(container.clock.began_for(), seconds(25));
    assert_eq!((world.upstream.calls(), world.upstream.dropped()), (1, 1));
    settle().await;
    assert!(!world.store.is_leased(&container.key).await);
}

#[tokio::test(start_paused = true)]
async fn at_the_deadline_a_usable_stale_entry_is_better_than_none() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(400)).await;
    world.upstream.hold();
    assert_eq!(container.tell_with(within(millis(500))).await, "v1 memory stale-if-error");
}

#[tokio::test(start_paused = true)]
async fn but_not_one_that_no_look_vouches_for() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(400)).await;
    world.upstream.hold();
    world.store.fault(&[Op::Read, Op::ReadEpoch], &Fault::Hang);
    assert_eq!(container.tell_with(within(millis(500))).await, "Deadline");
}

#[tokio::test(start_paused = true)]
async fn who_joined_keeps_its_own_deadline() {
    let world = World::new();
    let container = world.container();
    world.upstream.hold_next();
    let hasty = container.ask_with(within(seconds(1)));
    settle().await;
    let patient = container.ask_with(within(seconds(10)));
    pass(millis(1_100)).await;
    assert_eq!(told(hasty).await, "Deadline");
    assert_eq!(told(patient).await, "v2 upstream");
}

#[tokio::test(start_paused = true)]
async fn what_upstream_answered_in_time_is_answered_though_the_store_is_still_being_written() {
    let world = World::new();
    let container = world.container();
    world.store.fault_next(Op::WriteEntry, Fault::Hang);
    world.upstream.hold_next();
    let pending = container.ask();
    pass(seconds(24)).await;
    world.upstream.let_go();
    assert_eq!(told(pending).await, "v1 upstream");
    assert_eq!(container.clock.began_for(), seconds(25));
    assert_eq!(container.tell().await, "v1 memory");
}

#[tokio::test(start_paused = true)]
async fn and_though_its_ttl_is_over_by_then() {
    let world = World::with(|_, policy| {
        (policy.ttl, policy.stale_while_revalidate, policy.stale_if_error) = (seconds(1), seconds(0), seconds(0));
    });
    let container = world.container();
    world.store.fault_next(Op::WriteEntry, Fault::Hang);
    world.upstream.hold_next();
    let pending = container.ask();
    pass(millis(22_500)).await;
    world.upstream.let_go();
    assert_eq!(told(pending).await, "v1 upstream");
}

#[tokio::test(start_paused = true)]
async fn and_though_memory_has_no_room_for_it() {
    let world = World::with(|settings, _| settings.memory_bytes = 0);
    let container = world.container();
    world.store.fault_next(Op::WriteEntry, Fault::Hang);
    assert_eq!(container.tell_with(within(seconds(2))).await, "v1 upstream");
}

#[tokio::test(start_paused = true)]
async fn who_joined_has_a_look_of_its_own_at_its_deadline() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    pass(seconds(370)).await;
    world.upstream.hold_next();
    let leading = container.ask_with(within(seconds(600)));
    pass(seconds(10)).await;
    let joined = container.ask();
    assert_eq!(told(joined).await, "v1 memory stale-if-error");
    world.upstream.let_go();
    assert_eq!(told(leading).await, "v2 upstream");
}
