use larder_app::Quality;
use larder_standin::{Fault, FaultKind, ServerCounts};

use super::world::World;
use crate::cloud::{FIRST, SECOND};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exact_is_the_truth_and_what_fails_is_named() {
    let world = World::start("truth", ServerCounts::default()).await;
    let (first, second) = (world.cloud.account(FIRST), world.cloud.account(SECOND));
    world.cloud.standin.fault(Fault::on("sts:AssumeRole", FaultKind::AccessDenied).of_account(first.id()));
    let body = world.run_to_the_end().await;
    let failed = body["failed"].as_array().expect("a list");
    assert_eq!((body["errors"].as_u64(), failed.len()), (Some(3), 3), "each region of the second account: {body}");
    assert!(failed.iter().all(|failed| failed["accountId"] == second.id().to_string()), "{body}");
    assert_eq!(body["processed"], body["total_servers"]);
    world.cloud.standin.clear_faults();
    world.set_clocks(1);
    let body = world.run_to_the_end().await;
    assert_eq!((body["errors"].as_u64(), &body["processed"]), (Some(0), &body["total_servers"]), "{body}");
    let kept = world.tables.answers().await;
    assert_eq!(body["total_servers"].as_u64(), Some(kept.len() as u64));
    let exact: Vec<_> = kept.iter().filter(|kept| kept.answer.quality == Quality::Exact).collect();
    assert!(exact.len() * 4 > kept.len() * 3, "{} of {} are exact", exact.len(), kept.len());
    exact.into_iter().for_each(|kept| world.is_true(kept));
    world.was_asked_in_turn();
}
