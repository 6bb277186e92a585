//! What a process counts, by data type and layer.

use larder_cache::{Directives, FailureClass, LayerReport, TypeReport};

use crate::fault::{Fault, Op};
use crate::world::{Container, World, key, pass, seconds, settle};

fn report(container: &Container) -> TypeReport {
    container.cache.statistics().data_types.remove("ec2-subnets").expect("counted")
}

/// Hits, misses, stale, errors.
fn outcomes(layer: &LayerReport) -> [u64; 4] {
    [layer.hits, layer.misses, layer.stale, layer.errors]
}

#[tokio::test(start_paused = true)]
async fn each_request_is_counted_once_at_each_layer_that_it_came_to() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    let after = report(&container);
    assert_eq!(outcomes(&after.memory), [0, 1, 0, 0]);
    assert_eq!(outcomes(&after.store), [0, 1, 0, 0]);
    assert_eq!((outcomes(&after.upstream), after.upstream.bytes), ([1, 0, 0, 0], 2));
    container.get().await.expect("a hit");
    let after = report(&container);
    assert_eq!((outcomes(&after.memory), after.memory.bytes), ([1, 1, 0, 0], 2));
    assert_eq!(outcomes(&after.store), [0, 1, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_anothers_lease_counts_no_more() {
    let world = World::new();
    let (holder, waiter) = (world.container(), world.container());
    world.upstream.hold();
    let holding = holder.ask();
    settle().await;
    let waiting = waiter.ask();
    pass(seconds(3)).await;
    world.upstream.let_go();
    for pending in [holding, waiting] {
        pending.await.expect("no panic").expect("answered");
    }
    let report = report(&waiter);
    assert_eq!((outcomes(&report.store), outcomes(&report.upstream)), ([1, 1, 0, 0], [0; 4]));
}

#[tokio::test(start_paused = true)]
async fn store_hits_stale_answers_and_errors_are_told_apart() {
    let world = World::new();
    world.container().get().await.expect("fetched");
    let container = world.container();
    container.get().await.expect("stored");
    assert_eq!(outcomes(&report(&container).store), [1, 0, 0, 0]);
    pass(seconds(310)).await;
    let cached = Directives { only_if_cached: true, ..Directives::default() };
    container.get_with(cached).await.expect("stale");
    assert_eq!(outcomes(&report(&container).memory), [0, 1, 1, 0]);
    pass(seconds(100)).await;
    world.upstream.fail_with(FailureClass::Denied);
    container.get().await.expect_err("denied");
    assert_eq!(outcomes(&report(&container).upstream), [0, 0, 0, 1]);
    world.store.fault_all(&Fault::Fail);
    container.get().await.expect_err("denied");
    assert_eq!(report(&container).store.errors, 1);
}

#[tokio::test(start_paused = true)]
async fn data_types_are_counted_apart() {
    let world = World::new();
    let container = world.container();
    container.get().await.expect("fetched");
    container.about(key("drs-quotas", "us-east-1", "123456789012")).get().await.expect("fetched");
    let types = container.cache.statistics().data_types;
    assert_eq!((types["ec2-subnets"].upstream.hits, types["drs-quotas"].upstream.hits), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn capacity_units_are_what_the_store_reported() {
    let world = World::new();
    world.store.keep_inline_up_to(4);
    let container = world.container();
    container.get().await.expect("fetched");
    let other = world.container();
    other.get().await.expect("stored");
    settle().await;
    let (mut read, mut write) = (0.0, 0.0);
    for container in [&container, &other] {
        for report in container.cache.statistics().data_types.values() {
            read += report.read_units;
            write += report.write_units;
        }
    }
    let count = |ops: &[Op]| ops.iter().map(|op| world.store.count(*op) as f64).sum::<f64>();
    assert_eq!((read, write), (count(&Op::READS), count(&Op::WRITES)));
    assert!(report(&other).read_units >= 2.0, "the batch and the chunks");
}

#[tokio::test(start_paused = true)]
async fn latency_is_measured_by_the_injected_clock() {
    let world = World::new();
    let container = world.container();
    world.upstream.hold();
    let pending = container.ask();
    pass(seconds(2)).await;
    world.upstream.let_go();
    pending.await.expect("no panic").expect("fetched");
    let latency = report(&container).upstream.latency_micros;
    assert_eq!((latency.count, latency.mean), (1, 2_000_000));
    assert!(latency.p99 >= 2_000_000 && latency.p50 < 4_200_000, "{latency:?}");
}
