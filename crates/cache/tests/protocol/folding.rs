//! Marks are never dropped: past 256 the lowest are folded into the floor.

use std::sync::Arc;

use larder_cache::Selector;
use tokio::sync::Notify;

use crate::fault::{Fault, Op};
use crate::world::{Container, World, seconds, settle, subnets};

const MOST: usize = 256;

fn of_type(number: usize) -> Selector {
    Selector::EVERYTHING.data_type(&format!("type-{number}")).expect("valid")
}

/// A container with `subnets("us-east-1")` in memory, after `marks` invalidations of other data types.
async fn marked(world: &World, marks: usize) -> Container {
    let container = world.container();
    container.get().await.expect("fetched");
    for number in 0..marks {
        container.invalidate(&of_type(number)).await;
    }
    container
}

fn strict() -> World {
    World::with(|settings, _| settings.coherence_window = seconds(0))
}

#[tokio::test(start_paused = true)]
async fn up_to_256_marks_nothing_is_folded_and_nothing_unrelated_dies() {
    let world = strict();
    let container = marked(&world, MOST).await;
    assert_eq!(world.store.epoch().await.expect("there").marks.len(), MOST);
    assert_eq!((world.store.count(Op::FoldEpoch), container.events().folded), (0, 0));
    assert_eq!(container.tell().await, "v1 memory");
}

#[tokio::test(start_paused = true)]
async fn past_256_marks_the_lowest_are_folded_once_and_stay_in_effect() {
    let world = strict();
    let (first, second) = (world.container(), world.container());
    let victim = second.about(larder_cache::Key::new("type-0", subnets("us-east-1").scope().clone()).expect("valid"));
    assert_eq!(victim.tell().await, "v1 upstream");
    for number in 0..=MOST {
        first.invalidate(&of_type(number)).await;
    }
    assert_eq!((world.store.count(Op::FoldEpoch), first.events().folded), (1, 1));
    let epoch = world.store.epoch().await.expect("there");
    assert!(epoch.marks.len() <= MOST / 2 + 1, "half are folded, so that it is rare: {}", epoch.marks.len());
    assert!(!epoch.marks.contains_key(&of_type(0)), "the lowest is folded");
    assert!(epoch.marks.contains_key(&of_type(MOST)), "the highest is not");
    assert_eq!(epoch.counter, MOST as u64 + 1, "folding is no invalidation");
    assert_eq!(victim.tell().await, "v2 upstream", "what a folded mark killed is still dead");
}

#[tokio::test(start_paused = true)]
async fn folding_kills_below_the_floor_and_spares_what_is_above() {
    let world = strict();
    let old = marked(&world, MOST).await;
    let young = old.about(subnets("eu-west-1"));
    assert_eq!(young.tell().await, "v2 upstream");
    old.invalidate(&of_type(MOST)).await;
    assert_eq!(old.events().folded, 1);
    assert_eq!(young.tell().await, "v2 memory", "its fence is above the floor");
    assert_eq!(old.tell().await, "v3 upstream", "its fence is below");
}

#[tokio::test(start_paused = true)]
async fn a_fold_that_was_overtaken_by_an_invalidation_is_not_written() {
    let world = strict();
    let container = marked(&world, MOST).await;
    let other = world.container();
    assert_eq!(other.tell().await, "v1 store");
    let gate = Arc::new(Notify::new());
    world.store.fault_next(Op::FoldEpoch, Fault::HoldQuestion(gate.clone()));
    let folding = tokio::spawn({
        let container = container.clone();
        async move { container.invalidate(&of_type(MOST)).await }
    });
    settle().await;
    // Its own fold fails, so that the held one is the only one.
    world.store.fault_next(Op::FoldEpoch, Fault::Fail);
    let own = Selector::EVERYTHING.data_type("ec2-subnets").expect("valid");
    other.invalidate(&own).await;
    gate.notify_one();
    folding.await.expect("no panic");
    let epoch = world.store.epoch().await.expect("there");
    assert_eq!(epoch.marks.get(&own), Some(&epoch.counter), "the mark made meanwhile stands");
    assert_eq!(container.events().folded, 0);
    assert_eq!(other.tell().await, "v2 upstream");
    container.invalidate(&of_type(0)).await;
    assert_eq!(container.events().folded, 1, "the next invalidation folds");
}
