use std::collections::{BTreeMap, BTreeSet};

use larder_app::Quality;
use larder_app::runtime::KeptAnswer;
use larder_standin::{APP_TAG, Fault, FaultKind, ServerCounts};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use super::tables::{Attributes, REGIONS, text};
use super::world::World;
use crate::cloud::{FIRST, SECOND};

/// What the moments are drawn from at which it is killed; `LARDER_KILL_SEED` names another.
const SEED: u64 = 5;
/// In each of the six places. Some have no tag, and some of those that come and go are gone just then.
const SERVERS: ServerCounts = ServerCounts { lively: 8, steady: 49 };
/// How many have it, at least.
const TAGGED: usize = 300;
/// How often it is killed in its first run, which reads all events that CloudTrail has, and by the hour after that.
const KILLS: [usize; 3] = [10, 5, 5];
/// The hour in which a region is throttled, and an account lets nobody in.
const DISTURBED: i64 = 1;
const THROTTLED: &str = REGIONS[1];
/// It is killed after so many calls of DynamoDB at most, as a power of two: early as often as late.
const LATEST: f64 = 11.0;
/// Some runs need fewer calls. So many are tried for each time that it is to be killed.
const TRIES: usize = 3;

type State = BTreeMap<String, Attributes>;

// The stand-in works for seconds at old events: who waits beside it must not run out of time.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn killed_anywhere_and_run_again_it_ends_the_same() {
    let seed = std::env::var("LARDER_KILL_SEED").map_or(SEED, |seed| seed.parse().expect("a number"));
    println!("LARDER_KILL_SEED={seed} kills it at the same moments");
    let mut random = StdRng::seed_from_u64(seed);
    let undisturbed = World::start("undisturbed", SERVERS).await;
    let killed = World::start("killed", SERVERS).await;
    let others = put_others(&undisturbed).await;
    assert_eq!(put_others(&killed).await, others, "both worlds have the same servers");
    let (mut halfway, mut answers) = (0, Vec::new());
    for (hour, times) in (0..).zip(KILLS) {
        for world in [&undisturbed, &killed] {
            world.set_clocks(hour);
            world.cloud.standin.clear_faults();
            if hour == DISTURBED {
                disturb(world);
            }
        }
        let before = killed.tables.state().await;
        let (expected, left) = tokio::join!(undisturbed.run_to_the_end(), kill(&killed, times, &mut random));
        let report = killed.run_to_the_end().await;
        assert_eq!(without_reasons(report), without_reasons(expected.clone()), "hour {hour}");
        // The clock stood still: all is equal, to the second at which samples were taken.
        let end = undisturbed.tables.state().await;
        assert_same(&killed.tables.state().await, &end);
        halfway += left.iter().filter(|state| **state != before && **state != end).count();
        match hour {
            DISTURBED => assert_named_and_stale(&undisturbed, &expected, &answers).await,
            _ => assert_all_are_known(&undisturbed, &expected).await,
        }
        answers = undisturbed.tables.answers().await;
        for world in [&undisturbed, &killed] {
            world.end_idle_process().await;
        }
    }
    assert!(halfway * 2 >= KILLS.iter().sum(), "only {halfway} deaths left something half done");
    for world in [&undisturbed, &killed] {
        let kept = world.tables.others().await;
        assert!(others.iter().all(|(id, item)| kept.get(id) == Some(item)), "what others have of a server is touched");
        assert!(kept.iter().all(|(id, item)| others.contains_key(id) || item.len() == 1), "attributes are not ours");
        world.was_asked_in_turn();
    }
}

/// Kills it so often, each time it is at work again, and gives what it left in the tables.
async fn kill(world: &World, times: usize, random: &mut StdRng) -> Vec<State> {
    let mut left = Vec::new();
    for _ in 0..times * TRIES {
        let calls = random.random_range(0.0..LATEST).exp2() as u64;
        if left.len() < times && world.is_killed_after(calls).await {
            left.push(world.tables.state().await);
        }
    }
    assert_eq!(left.len(), times, "it died over its work too seldom");
    left
}

/// A region's events are not to be had, and the second account lets nobody in.
fn disturb(world: &World) {
    let standin = &world.cloud.standin;
    standin.fault(Fault::on("cloudtrail:LookupEvents", FaultKind::Throttled).in_region(THROTTLED));
    let own = world.cloud.account(FIRST);
    standin.fault(Fault::on("sts:AssumeRole", FaultKind::AccessDenied).of_account(own.id()));
}

/// Beside every other server, and beside something else, stands what others have of it; some of it is named as if it were
/// ours.
async fn put_others(world: &World) -> State {
    let now = world.cloud.standin.now();
    let servers = world.cloud.standin.lives().during(&(now..now));
    let tagged: Vec<_> = servers.iter().filter(|life| life.tag(APP_TAG.0) == Some(APP_TAG.1)).collect();
    assert!(tagged.len() >= TAGGED, "{}", tagged.len());
    for id in tagged.iter().step_by(2).map(|life| life.id.as_str()).chain(["not-a-server"]) {
        let item = [("id", id), ("owner", "finance"), ("month", "theirs"), ("quality", "theirs"), ("minutes", id)];
        world.tables.put_others(item.map(|(name, value)| (name.to_owned(), text(value))).into()).await;
    }
    world.tables.others().await
}

/// What failed, and of which servers; the reasons tell of attempts, of which whoever was killed made others.
fn without_reasons(mut report: Value) -> Value {
    for failed in report["failed"].as_array_mut().into_iter().flatten() {
        failed["reason"].take();
    }
    report
}

fn assert_same(state: &State, expected: &State) {
    let keys: BTreeSet<_> = state.keys().chain(expected.keys()).collect();
    let other: Vec<_> = keys.into_iter().filter(|key| state.get(*key) != expected.get(*key)).collect();
    let shown = other.first().map(|key| (state.get(*key), expected.get(*key)));
    assert!(other.is_empty(), "{} items are not the same: {other:?}\n{shown:#?}", other.len());
}

/// What could not be worked out is named, and keeps the answer that it had, which says so.
async fn assert_named_and_stale(world: &World, report: &Value, before: &[KeptAnswer]) {
    let failed = report["failed"].as_array().expect("a list");
    let mut named: Vec<_> = failed.iter().filter_map(|failed| failed["instanceIds"].as_array()).flatten().collect();
    named.sort_by_key(|id| id.as_str());
    let second = world.cloud.account(SECOND).id().to_string();
    let is_disturbed = |kept: &&KeptAnswer| {
        let server = &kept.answer.server;
        server.account_id.as_ref() == Some(&second) || server.region.as_deref() == Some(THROTTLED)
    };
    let answers = world.tables.answers().await;
    let (stale, renewed): (Vec<_>, Vec<_>) = answers.iter().partition(is_disturbed);
    assert!(stale.iter().map(|kept| &kept.answer.server.instance_id).eq(named), "{report}");
    assert!(stale.len() > TAGGED / 2 && renewed.len() > TAGGED / 4, "{} and {}", stale.len(), renewed.len());
    assert!(renewed.iter().all(|kept| kept.answer.quality != Quality::Stale));
    for kept in stale {
        let mut was = before.iter().find(|was| was.answer.server == kept.answer.server).expect("it was known").clone();
        was.answer.quality = Quality::Stale;
        assert_eq!(*kept, was);
    }
}

/// Everything was worked out, and what is exact is true.
async fn assert_all_are_known(world: &World, report: &Value) {
    assert_eq!((report["errors"].as_u64(), &report["processed"]), (Some(0), &report["total_servers"]), "{report}");
    let answers = world.tables.answers().await;
    let exact: Vec<_> = answers.iter().filter(|kept| kept.answer.quality == Quality::Exact).collect();
    assert!(exact.len() > TAGGED / 4 * 3, "{} are exact", exact.len());
    exact.into_iter().for_each(|kept| world.is_true(kept));
}
