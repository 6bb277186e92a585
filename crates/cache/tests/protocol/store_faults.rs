//! A store that half works never fails a query that upstream would have answered.

use larder_cache::{InvalidateError, Selector, StoreHealth};
use rstest::rstest;

use crate::fault::{Fault, Op};
use crate::world::{Container, World, pass, seconds, settle, subnets, told};

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_only_on_writes_is_still_looked_at() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched, and the epoch item made");
    world.store.fault(&Op::WRITES, &Fault::Fail);
    for number in 0..10 {
        let container = container.about(subnets(&format!("region-{number}")));
        assert_eq!(container.tell().await, format!("v{} upstream", number + 2));
        assert_eq!(container.tell().await, format!("v{} memory", number + 2));
        settle().await;
        pass(seconds(3)).await;
        assert_eq!(container.tell().await, format!("v{} memory", number + 2));
    }
    assert_eq!(container.events().write_failed, 10);
    assert_eq!(container.cache.store_health(), StoreHealth::Reachable);
}

#[rstest]
#[case(Fault::Fail)]
#[case(Fault::Throttle)]
#[case(Fault::Hang)]
#[case(Fault::LoseAnswer)]
#[tokio::test(start_paused = true)]
async fn whatever_operation_fails_the_query_is_answered(
    #[case] fault: Fault,
    #[values(Op::Read, Op::CreateEpoch, Op::TakeLease, Op::WriteEntry, Op::WriteChunks, Op::ReleaseLease)] op: Op,
) {
    let world = World::new();
    world.store.keep_inline_up_to(4);
    let container = world.container();
    world.store.fault(&[op], &fault);
    assert_eq!(container.tell().await, "v1 upstream");
    world.store.heal();
    assert!(world.container().get().await.is_ok());
}

#[rstest]
#[case(Fault::Fail)]
#[case(Fault::Hang)]
#[case(Fault::LoseAnswer)]
#[tokio::test(start_paused = true)]
async fn an_invalidation_that_was_not_acknowledged_is_an_error(#[case] fault: Fault) {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    world.store.fault_next(Op::AdvanceEpoch, fault);
    let error = container.cache.invalidate(&Selector::EVERYTHING).await.expect_err("not acknowledged");
    assert!(matches!(error, InvalidateError::Store(_)), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_asks_even_a_store_that_is_left_alone() {
    let world = World::new();
    let (container, other) = (world.container(), world.container());
    world.store.fault_all(&Fault::Fail);
    for _ in 0..5 {
        container.get().await.expect("fetched");
    }
    assert_eq!(container.cache.store_health(), StoreHealth::LeftAlone);
    assert!(container.cache.invalidate(&Selector::EVERYTHING).await.is_err());
    world.store.heal();
    other.get().await.expect("fetched");
    assert_eq!(container.invalidate_all().await.epoch.counter, 1);
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_before_the_first_read_makes_the_epoch_item() {
    let world = World::new();
    let container = world.container();
    assert_eq!(container.invalidate_all().await.epoch.counter, 1);
    assert_eq!((world.store.count(Op::CreateEpoch), container.events().epoch_created), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn containers_that_find_no_epoch_item_at_once_agree_on_one() {
    let world = World::new();
    let containers: Vec<_> = (0..10).map(|_| world.container()).collect();
    let gate = std::sync::Arc::new(tokio::sync::Notify::new());
    world.store.fault(&[Op::Read], &Fault::HoldAnswer(gate.clone()));
    let pending: Vec<_> = containers.iter().map(Container::ask).collect();
    settle().await;
    world.store.heal();
    gate.notify_waiters();
    for pending in pending {
        told(pending).await;
    }
    let created: u64 = containers.iter().map(|container| container.events().epoch_created).sum();
    assert_eq!((created, world.upstream.calls()), (1, 1));
}
