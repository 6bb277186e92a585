//! Renewals: what is fetched ahead of requests, and what is left to die.

use larder_cache::store::StoreError;
use larder_cache::{Directives, FailureClass, NotRenewed, Renewal, Renewed, Upstream};
use rstest::rstest;

use crate::fault::{Fault, Op};
use crate::world::{Container, World, pass, seconds, settle, subnets, told};

/// What a run has until the next.
const SOON: Renewal = Renewal::OfUsed(seconds(100));

impl Container {
    async fn renew(&self, renewal: Renewal) -> Result<Renewed, NotRenewed> {
        let upstream: std::sync::Arc<dyn Upstream> = self.upstream.clone();
        self.cache.renew(&self.key, &self.policy, &Directives::default(), &upstream, renewal).await
    }
}

/// A world whose containers share an entry of 300 s that was used.
async fn used(world: &World) -> Container {
    let container = world.container();
    assert_eq!(container.tell().await, "v1 upstream");
    assert_eq!(container.tell().await, "v1 memory");
    settle().await;
    container
}

#[tokio::test(start_paused = true)]
async fn what_was_used_is_fetched_before_it_expires_and_found_by_everyone() {
    let world = World::new();
    used(&world).await;
    pass(seconds(199)).await;
    let warmer = world.container();
    assert_eq!(warmer.renew(SOON).await.expect("renewed"), Renewed::Fresh);
    pass(seconds(2)).await;
    assert_eq!(warmer.renew(SOON).await.expect("renewed"), Renewed::Fetched);
    assert_eq!(world.upstream.calls(), 2);
    pass(seconds(150)).await;
    assert_eq!(world.container().tell().await, "v2 store");
}

#[tokio::test(start_paused = true)]
async fn a_renewal_is_no_use_so_what_it_fetched_in_vain_is_left_to_die() {
    let world = World::new();
    used(&world).await;
    pass(seconds(250)).await;
    let warmer = world.container();
    assert_eq!(warmer.renew(SOON).await.expect("renewed"), Renewed::Fetched);
    settle().await;
    let stored = world.store.stored(&warmer.key).await.expect("stored");
    assert_eq!((stored.warmed, stored.used_at), (true, None));
    pass(seconds(250)).await;
    for container in [&warmer, &world.container()] {
        assert_eq!(container.renew(SOON).await.expect("answers"), Renewed::NotWanted);
    }
    assert_eq!(world.upstream.calls(), 2);
    let reader = world.container();
    assert_eq!(reader.tell().await, "v2 store");
    settle().await;
    assert_eq!(reader.events().warmed_used, 1);
    assert_eq!(warmer.renew(SOON).await.expect("answers"), Renewed::Fetched);
}

#[tokio::test(start_paused = true)]
async fn what_a_request_fetched_is_never_said_to_be_warmed() {
    let world = World::new();
    let container = used(&world).await;
    assert!(!world.store.stored(&container.key).await.expect("stored").warmed);
    let reader = world.container();
    assert_eq!(reader.tell().await, "v1 store");
    assert_eq!((container.events().warmed_used, reader.events().warmed_used), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_nobody_used_is_fetched_only_where_any_is_wanted() {
    let world = World::new();
    let warmer = world.container();
    assert_eq!(warmer.renew(SOON).await.expect("answers"), Renewed::NotWanted, "there is nothing");
    world.container().get().await.expect("fetched");
    pass(seconds(250)).await;
    assert_eq!(warmer.renew(SOON).await.expect("answers"), Renewed::NotWanted);
    assert_eq!(warmer.renew(Renewal::OfAny(seconds(100))).await.expect("answers"), Renewed::Fetched);
    assert_eq!(warmer.renew(Renewal::OfAny(seconds(100))).await.expect("answers"), Renewed::Fresh);
    assert_eq!(world.upstream.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_an_invalidation_killed_is_fetched_for_whoever_asks() {
    let world = World::new();
    let container = used(&world).await;
    pass(seconds(250)).await;
    container.invalidate_all().await;
    assert_eq!(world.container().renew(SOON).await.expect("answers"), Renewed::NotWanted);
    assert_eq!(world.upstream.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_has_just_expired_is_fetched_too() {
    let world = World::new();
    used(&world).await;
    pass(seconds(310)).await;
    assert_eq!(world.container().renew(SOON).await.expect("renewed"), Renewed::Fetched);
}

/// G1: the entry carries the epoch seen before its fetch began, whoever fetches.
#[tokio::test(start_paused = true)]
async fn an_invalidation_during_the_fetch_of_a_renewal_is_not_undone() {
    let world = World::with(|settings, _| settings.coherence_window = seconds(0));
    let reader = used(&world).await;
    pass(seconds(250)).await;
    world.upstream.hold_next();
    let warmer = world.container();
    let other = warmer.about(subnets("eu-west-1"));
    let renewing = tokio::spawn(async move { warmer.renew(SOON).await });
    settle().await;
    assert_eq!(world.upstream.calls(), 2, "the fetch is under way");
    reader.invalidate_all().await;
    // The newest look of the warmer's process is of after the invalidation now.
    other.get().await.expect("fetched");
    world.upstream.let_go();
    assert_eq!(renewing.await.expect("no panic").expect("renewed"), Renewed::Fetched);
    assert_eq!(world.container().tell().await, "v4 upstream");
    assert_eq!(reader.tell().await, "v4 store");
}

/// G4: whoever fetches under the lease fetches for the other too.
#[rstest]
#[case(SOON)]
#[case::that_no_entry_lives_long_enough_for(Renewal::OfUsed(seconds(360)))]
#[case::of_any_that_no_entry_lives_long_enough_for(Renewal::OfAny(seconds(360)))]
#[tokio::test(start_paused = true)]
async fn a_renewal_and_a_request_fetch_once_between_them(#[case] renewal: Renewal) {
    let world = World::with(|_, policy| policy.stale_while_revalidate = seconds(0));
    let reader = used(&world).await;
    pass(seconds(310)).await;
    world.upstream.hold_next();
    let asking = reader.ask();
    settle().await;
    let warmer = world.container();
    let renewing = tokio::spawn(async move { warmer.renew(renewal).await });
    pass(seconds(1)).await;
    world.upstream.let_go();
    assert_eq!(renewing.await.expect("no panic").expect("answers"), Renewed::Fresh);
    assert_eq!((told(asking).await.as_str(), world.upstream.calls()), ("v2 upstream", 2));
}

#[tokio::test(start_paused = true)]
async fn a_request_of_the_same_process_joins_the_fetch_of_a_renewal() {
    let world = World::with(|_, policy| policy.stale_while_revalidate = seconds(0));
    let container = used(&world).await;
    pass(seconds(310)).await;
    world.upstream.hold_next();
    let warmer = container.clone();
    let renewing = tokio::spawn(async move { warmer.renew(SOON).await });
    settle().await;
    let asking = container.ask();
    settle().await;
    assert_eq!(container.renew(SOON).await.expect("answers"), Renewed::Fresh, "it is on its way");
    world.upstream.let_go();
    assert_eq!((told(asking).await.as_str(), world.upstream.calls()), ("v2 upstream", 2));
    assert_eq!(renewing.await.expect("no panic").expect("renewed"), Renewed::Fetched);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_fetched_past_a_store_that_fails_and_what_it_does_not_take_is_said() {
    let world = World::new();
    used(&world).await;
    pass(seconds(250)).await;
    let warmer = world.container();
    world.store.fault_next(Op::Read, Fault::Fail);
    let error = warmer.renew(SOON).await.expect_err("the store failed");
    assert!(matches!(error, NotRenewed::Store(StoreError::Failed(_))), "{error:?}");
    assert_eq!(world.upstream.calls(), 1);
    world.store.fault_next(Op::WriteEntry, Fault::Fail);
    let error = warmer.renew(SOON).await.expect_err("the store failed");
    assert!(matches!(error, NotRenewed::NotStored), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_too_large_to_be_kept_is_not_blamed_on_the_store() {
    let world = World::with(|settings, _| settings.largest_value = 10);
    used(&world).await;
    pass(seconds(250)).await;
    world.upstream.give("eleven long");
    let error = world.container().renew(SOON).await.expect_err("it is not kept");
    assert!(matches!(error, NotRenewed::TooLarge), "{error:?}");
    assert_eq!(world.container().tell().await, "v1 store");
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_fails_leaves_the_entry_as_it_was() {
    let world = World::new();
    used(&world).await;
    pass(seconds(250)).await;
    world.upstream.fail_with(FailureClass::Denied);
    let error = world.container().renew(SOON).await.expect_err("it was denied");
    assert!(matches!(error, NotRenewed::Fetch(_)), "{error:?}");
    assert_eq!(world.container().tell().await, "v1 store");
}
