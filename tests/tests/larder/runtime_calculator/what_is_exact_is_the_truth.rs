use larder_app::Quality;
use larder_standin::ServerCounts;

use super::world::World;

/// Servers of every kind that there is.
// The stand-in works for seconds at old events: who waits beside it must not run out of time.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn what_is_exact_is_the_truth() {
    let world = World::start("truth", ServerCounts::default()).await;
    let body = world.run_to_the_end().await;
    assert_eq!((body["errors"].as_u64(), &body["processed"]), (Some(0), &body["total_servers"]), "{body}");
    let answers = world.tables.answers().await;
    assert_eq!(body["total_servers"].as_u64(), Some(answers.len() as u64));
    let exact: Vec<_> = answers.iter().filter(|kept| kept.answer.quality == Quality::Exact).collect();
    assert!(exact.len() * 4 > answers.len() * 3, "{} of {} are exact", exact.len(), answers.len());
    exact.into_iter().for_each(|kept| world.is_true(kept));
    world.was_asked_in_turn();
}
