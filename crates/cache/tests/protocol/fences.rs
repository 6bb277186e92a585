//! Fences, marks and incarnations: what an invalidation kills, and what it doesn't.

use larder_cache::{Account, FetchOncePer, Key, Scope, Selector};
use rstest::rstest;

use crate::fault::Op;
use crate::world::{Container, World, key, pass, seconds, settle, told};

const TYPES: [&str; 2] = ["ec2-subnets", "drs-quotas"];
const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];
const ACCOUNTS: [&str; 2] = ["111111111111", "222222222222"];

fn strict() -> World {
    World::with(|settings, _| settings.coherence_window = seconds(0))
}

fn selector(data_type: Option<&str>, region: Option<&str>, account: Option<&str>) -> Selector {
    let mut selector = Selector::EVERYTHING;
    if let Some(name) = data_type {
        selector = selector.data_type(name).expect("valid");
    }
    if let Some(name) = region {
        selector = selector.region(name).expect("valid");
    }
    if let Some(id) = account {
        selector = selector.account(id).expect("valid");
    }
    selector
}

/// Whether `container`, which has `key` in memory, and a new one both find it dead, or both alive.
async fn is_dead(world: &World, container: &Container, key: &Key) -> bool {
    let new = world.container().about(key.clone());
    let from_store = new.inspect(key).await.expect("answers").verdict == larder_cache::Verdict::Dead;
    let calls = world.upstream.calls();
    container.about(key.clone()).get().await.expect("answered");
    let from_memory = world.upstream.calls() > calls;
    assert_eq!(from_memory, from_store, "{key}");
    from_memory
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn a_mark_kills_exactly_what_its_selector_matches(
    #[values(None, Some(TYPES[0]))] data_type: Option<&str>,
    #[values(None, Some(REGIONS[0]))] region: Option<&str>,
    #[values(None, Some(ACCOUNTS[0]))] account: Option<&str>,
) {
    let world = strict();
    let container = world.container();
    let mut keys = Vec::new();
    for (type_, (region, account)) in
        TYPES.iter().flat_map(|type_| REGIONS.iter().flat_map(|r| ACCOUNTS.map(|a| (r, a))).map(move |at| (type_, at)))
    {
        keys.push((key(type_, region, account), *type_, *region, account));
    }
    for (key, ..) in &keys {
        container.about(key.clone()).get().await.expect("fetched");
    }
    world.container().invalidate(&selector(data_type, region, account)).await;
    for (key, its_type, its_region, its_account) in &keys {
        let matches = data_type.is_none_or(|it| it == *its_type)
            && region.is_none_or(|it| it == *its_region)
            && account.is_none_or(|it| it == *its_account);
        assert_eq!(is_dead(&world, &container, key).await, matches, "{key}");
    }
}

#[rstest]
#[case::no_region(None, Account::Id(ACCOUNTS[0].to_owned()), selector(None, Some("us-east-1"), None), true)]
#[case::no_region_other_account(None, Account::Id(ACCOUNTS[0].to_owned()), selector(None, None, Some(ACCOUNTS[1])), false)]
#[case::global(Some("us-east-1"), Account::Global, selector(None, None, Some(ACCOUNTS[1])), true)]
#[case::global_other_region(Some("us-east-1"), Account::Global, selector(None, Some("eu-west-1"), Some(ACCOUNTS[1])), false)]
#[tokio::test(start_paused = true)]
async fn a_part_that_the_scope_lacks_matches_any_value(
    #[case] region: Option<&str>,
    #[case] account: Account,
    #[case] selector: Selector,
    #[case] dies: bool,
) {
    let world = strict();
    let container = world.container();
    let scope = Scope { partition: "aws".to_owned(), region: region.map(ToOwned::to_owned), account };
    let key = Key::new("ec2-instance-types", scope).expect("valid");
    container.about(key.clone()).get().await.expect("fetched");
    world.container().invalidate(&selector).await;
    assert_eq!(is_dead(&world, &container, &key).await, dies);
}

#[tokio::test(start_paused = true)]
async fn a_resource_kills_what_is_about_it_or_about_no_single_one() {
    let world = strict();
    let container = world.container();
    let about = |resource: Option<&str>| {
        let scope = key(TYPES[0], REGIONS[0], ACCOUNTS[0]).scope().clone();
        let variant = resource.map(|id| larder_cache::Variant::of([("id", id)]));
        Key::with("ec2-instances", scope, variant, resource).expect("valid")
    };
    let keys = [about(Some("i-0001")), about(Some("i-0002")), about(None)];
    for key in &keys {
        container.about(key.clone()).get().await.expect("fetched");
    }
    world.container().invalidate(&Selector::EVERYTHING.resource("i-0001").expect("valid")).await;
    for (key, dies) in keys.iter().zip([true, false, true]) {
        assert_eq!(is_dead(&world, &container, key).await, dies, "{key}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_epoch_item_kills_everything_whatever_its_counter() {
    let world = strict();
    let (first, second) = (world.container(), world.container());
    first.get().await.expect("fetched");
    assert_eq!(second.tell().await, "v1 store");
    let before = world.store.epoch().await.expect("made by the first read");
    world.store.lose_epoch();
    assert_eq!(first.tell().await, "v2 upstream", "its memory is dead");
    let after = world.store.epoch().await.expect("made again");
    assert_ne!(before.incarnation, after.incarnation);
    assert_eq!(second.tell().await, "v2 store", "the entry in its memory is dead, the new one is good");
    assert_eq!(first.events().epoch_created, 2);
    world.store.lose_epoch();
    assert_eq!(world.container().tell().await, "v3 upstream", "and so is what is stored");
}

#[tokio::test(start_paused = true)]
async fn the_fence_is_the_epoch_seen_before_the_fetch() {
    let world = strict();
    let (first, second) = (world.container(), world.container());
    world.upstream.hold();
    let fetching = first.ask();
    settle().await;
    second.invalidate_all().await;
    world.upstream.let_go();
    assert_eq!(told(fetching).await, "v1 upstream", "who asked before the invalidation may have it");
    let stored = world.store.stored(&first.key).await.expect("stored");
    assert_eq!(stored.fence.counter, 0, "not the epoch after it");
    assert_eq!(second.tell().await, "v2 upstream");
    assert_eq!(first.tell().await, "v2 store", "nor does its own memory outlive the invalidation");
}

#[tokio::test(start_paused = true)]
async fn no_entry_carries_a_fence_above_the_epoch() {
    let world = strict();
    let containers = [world.container(), world.container()];
    for round in 0..20 {
        let pending = containers.each_ref().map(Container::ask);
        containers[round % 2].invalidate_all().await;
        for pending in pending {
            told(pending).await;
        }
        let epoch = world.store.epoch().await.expect("there");
        for entry in world.store.written() {
            assert_eq!(entry.fence.incarnation, epoch.incarnation);
            assert!(entry.fence.counter <= epoch.counter, "{entry:?} above {epoch:?}");
        }
        pass(seconds(1)).await;
    }
    assert!(world.store.count(Op::WriteEntry) >= 10, "there was something to look at");
}

#[tokio::test(start_paused = true)]
async fn a_late_put_never_replaces_an_entry_of_a_newer_fence() {
    let world = World::with(|settings, policy| {
        settings.coherence_window = seconds(0);
        policy.fetch_once_per = FetchOncePer::Process;
    });
    let (late, quick) = (world.container(), world.container());
    world.upstream.hold_next();
    let fetching = late.ask();
    settle().await;
    quick.invalidate_all().await;
    assert_eq!(quick.tell().await, "v2 upstream");
    world.upstream.let_go();
    assert_eq!(told(fetching).await, "v1 upstream");
    let stored = world.store.stored(&late.key).await.expect("stored");
    assert_eq!(stored.fence.counter, 1, "the newer one still stands there");
    assert_eq!(late.events().superseded, 1);
    assert_eq!(late.tell().await, "v2 store");
    assert_eq!(world.upstream.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_entry_of_another_incarnation_is_dead_however_high_its_fence() {
    let world = strict();
    let container = world.container();
    container.get().await.expect("fetched");
    for _ in 0..5 {
        container.invalidate_all().await;
    }
    assert_eq!(container.tell().await, "v2 upstream");
    world.store.lose_epoch();
    // A container that has seen nothing makes the epoch item again, at 0.
    assert_eq!(world.container().tell().await, "v3 upstream");
    assert_eq!(container.tell().await, "v3 store");
}
