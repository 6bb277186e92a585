use std::collections::HashMap;
use std::sync::atomic::Ordering::SeqCst;

use larder_runtime::Quality;
use serde_json::json;

use super::*;
use crate::runtime::world::{World, second};

const RUNS: &str = "i-0000000000000000a";
const RAN: &str = "i-0000000000000000b";
const UNTOLD: &str = "i-0000000000000000c";
const NOWHERE: &str = "i-0000000000000000d";
const NOW: &str = "2025-11-03T06:00:00Z";
const LIVES: &[(&str, &[&str])] = &[
    (RAN, &["2025-11-02T10:00:00Z", "2025-11-02T12:00:00Z"]),
    (RUNS, &["2025-10-20T00:00:00Z"]),
    (UNTOLD, &["2025-10-31T23:00:00Z", "2025-11-01T01:00:00Z"]),
];

fn reader(world: &World, greatest_age: Option<Duration>) -> RuntimeReader {
    RuntimeReader::new(world.calculator.0.clone(), greatest_age)
}

/// Somebody of that account.
fn of_account(account: &str) -> Principal {
    let group = format!("[acct-{account}]");
    let claims = [("token_use", "access"), ("scope", "larder/read"), ("cognito:groups", &group)];
    let claims: HashMap<_, _> = claims.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Principal::from_claims(&claims, &[]).expect("an access token")
}

async fn told_to(principal: &Principal, world: &World, id: &str, month: &str) -> Result<KeptAnswer, Problem> {
    let month = Some(month).filter(|month| !month.is_empty()).map(|month| month.parse().expect("a month"));
    reader(world, None).server(principal, &AskedServer { id, month, account: None, region: None }).await
}

async fn told(world: &World, id: &str, month: &str) -> Result<KeptAnswer, Problem> {
    told_to(&Principal::local(), world, id, month).await
}

/// Minutes, and whether they were kept.
async fn minutes(world: &World, id: &str, month: &str) -> (Option<f64>, Quality, bool) {
    let told = told(world, id, month).await.expect("it is told");
    (told.answer.minutes, told.answer.quality, told.timestamp.is_some())
}

async fn refused(world: &World, id: &str, month: &str) -> Code {
    told(world, id, month).await.expect_err("it is not told").code()
}

async fn listed(world: &World, asked: AskedServers) -> Result<MonthOfServers, Problem> {
    reader(world, None).servers(&Principal::local(), &asked).await
}

fn ids(told: &MonthOfServers) -> Vec<&str> {
    told.servers.iter().map(|kept| &*kept.answer.server.instance_id).collect()
}

fn of_month(month: &str) -> AskedServers {
    AskedServers { month: Some(month.parse().expect("a month")), ..AskedServers::default() }
}

#[tokio::test]
async fn what_is_kept_is_told_without_asking_aws() {
    let world = World::new(LIVES);
    world.run_at(NOW).await;
    world.aws.lookups.store(0, SeqCst);
    assert_eq!(minutes(&world, RAN, "").await, (Some(120.0), Quality::Exact, true));
    assert_eq!(minutes(&world, UNTOLD, "2025-10").await, (Some(60.0), Quality::Exact, true));
    world.aws.clock.set("2025-11-20T00:00:00Z");
    assert_eq!(minutes(&world, RAN, "2025-11").await, (Some(120.0), Quality::Exact, true), "whatever its age");
    assert_eq!(world.aws.lookups.load(SeqCst), 0);
    let asked = AskedServer { id: RAN, month: None, account: None, region: None };
    let reader = reader(&world, Some(Duration::from_secs(3_600)));
    let told = reader.server(&Principal::local(), &asked).await.expect("it is worked out");
    assert_eq!((told.answer.minutes, told.timestamp), (Some(120.0), None), "it was over an hour old");
}

#[tokio::test]
async fn what_is_not_kept_is_worked_out_at_once() {
    let world = World::new(LIVES);
    world.aws.clock.set(NOW);
    assert_eq!(minutes(&world, RAN, "").await, (Some(120.0), Quality::Exact, false));
    assert_eq!(minutes(&world, RUNS, "").await, (Some(54.0 * 60.0), Quality::Exact, false));
    assert_eq!(minutes(&world, UNTOLD, "2025-10").await, (Some(60.0), Quality::Exact, false));
    assert_eq!(world.aws.lookups.load(SeqCst), 6, "by its id, and for AWS's own events");
    assert!(world.state().is_empty(), "who reads keeps nothing");
}

#[tokio::test]
async fn the_first_hour_of_a_month_never_has_the_last_months_value() {
    let world = World::new(LIVES);
    world.run_at("2025-11-30T23:30:00Z").await;
    world.aws.clock.set("2025-12-01T00:10:00Z");
    assert_eq!(minutes(&world, RUNS, "").await, (Some(10.0), Quality::Exact, false));
    let listed = listed(&world, AskedServers::default()).await.expect("it is told");
    assert_eq!(ids(&listed), [RUNS, RAN, UNTOLD]);
    assert!(listed.servers.iter().all(|kept| kept.answer.minutes.is_none()), "{listed:?}");
}

#[tokio::test]
async fn what_can_not_be_known_is_said_and_is_never_zero() {
    let world = World::new(LIVES);
    world.aws.clock.set(NOW);
    assert_eq!(refused(&world, RAN, "2025-12").await, Code::InvalidMonth);
    assert_eq!(refused(&world, RAN, "2025-07").await, Code::RuntimeNotKnown);
    assert_eq!(refused(&world, NOWHERE, "").await, Code::UnknownServer);
    for id in ["i-1", "i-0000000000000000A", "j-0000000000000000a", "", "i-0000000000000000a#"] {
        assert_eq!(refused(&world, id, "").await, Code::InvalidInstanceId, "{id}");
    }
    let listed = async |asked| listed(&world, asked).await.expect_err("it is not told").code();
    assert_eq!(listed(of_month("2020-01")).await, Code::RuntimeNotKnown, "whoever keeps nothing at all");
    assert_eq!(listed(AskedServers::default()).await, Code::RuntimeNotReady, "nobody has worked it out");
    world.run_at(NOW).await;
    assert_eq!(listed(of_month("2025-07")).await, Code::RuntimeNotKnown);
    assert_eq!(listed(of_month("2025-09")).await, Code::RuntimeNotReady);
    assert_eq!(listed(of_month("2025-12")).await, Code::InvalidMonth);
    for after in ["~~", "i-1", ""] {
        let asked = AskedServers { after: Some(after.to_owned()), ..AskedServers::default() };
        assert_eq!(listed(asked).await, Code::InvalidCursor, "{after}");
    }
}

#[tokio::test]
async fn who_can_not_be_answered_in_time_learns_how_far_the_events_were_read() {
    let world = World::new(LIVES);
    world.aws.lookup_takes_ms.store(1_000, SeqCst);
    world.run_within(NOW, Duration::from_secs(20)).await;
    let problem = async || told(&world, NOWHERE, "").await.expect_err("it is not told");
    world.aws.lives.lock().expect("not poisoned").insert(NOWHERE, vec!["2025-11-03T01:00:00Z"]);
    for fails in [&world.aws.is_throttled, &world.aws.hangs] {
        fails.store(true, SeqCst);
        let problem = problem().await;
        assert_eq!((problem.code(), problem.wait()), (Code::RuntimeNotReady, Some(Duration::from_secs(20))));
        let progress = &problem.document()["progress"][0];
        assert_eq!(progress["coveredDays"], json!(["2025-11-01"]), "{problem:?}");
        assert_eq!(progress["missingDays"], json!(["2025-11-02", "2025-11-03"]), "{problem:?}");
        fails.store(false, SeqCst);
    }
    assert_eq!(told(&world, NOWHERE, "").await.expect("it is told").answer.minutes, Some(300.0));
}

#[tokio::test]
async fn while_events_are_read_servers_are_bounded_and_the_days_are_told() {
    let world = World::new(LIVES);
    world.aws.lookup_takes_ms.store(1_000, SeqCst);
    let restarted = vec!["2025-11-02T19:00:00Z", "2025-11-02T20:00:00Z", "2025-11-03T04:00:00Z"];
    world.aws.lives.lock().expect("not poisoned").insert(RAN, restarted);
    world.run_within(NOW, Duration::from_secs(20)).await;
    let told = listed(&world, AskedServers::default()).await.expect("it is told");
    assert_eq!(ids(&told), [RUNS, RAN, UNTOLD]);
    assert_eq!(told.progress[0].covered_days, ["2025-11-01"]);
    let ran = told.servers[1].answer.clone();
    assert!(ran.quality == Quality::Bounded && ran.lower_minutes < ran.upper_minutes, "{ran:?}");
    assert_eq!(world.run_at(NOW).await.unfinished.len(), 0);
    let told = listed(&world, AskedServers::default()).await.expect("it is told");
    assert_eq!((told.progress, told.servers[1].answer.quality), (vec![], Quality::Exact));
}

#[tokio::test]
async fn a_month_is_told_page_by_page() {
    let world = World::new(LIVES);
    world.run_at(NOW).await;
    world.aws.lives.lock().expect("not poisoned").insert(NOWHERE, vec!["2025-11-03T05:59:00Z"]);
    let place = crate::runtime::world::place();
    world.calculator.0.ledger.add_servers(&place, [&NOWHERE.to_owned()]).await.expect("it is written");
    for (month, all) in [("2025-11", &[RUNS, RAN, UNTOLD, NOWHERE][..]), ("2025-10", &[RUNS, RAN, UNTOLD])] {
        for limit in 1..6 {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let asked = AskedServers { limit: Some(limit), after, ..of_month(month) };
                let page = listed(&world, asked).await.expect("it is told");
                assert!(!page.servers.is_empty() && page.servers.len() <= limit);
                seen.extend(ids(&page).into_iter().map(str::to_owned));
                after = page.next_cursor;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, all, "{month}, {limit}");
        }
    }
    let last = listed(&world, AskedServers::default()).await.expect("it is told").servers.pop().expect("one");
    assert_eq!((last.answer.minutes, last.timestamp), (None, None), "it was not worked out yet");
}

#[tokio::test]
async fn nobody_learns_of_another_account() {
    let world = World::new(LIVES);
    world.run_at(NOW).await;
    world.aws.lookups.store(0, SeqCst);
    let stranger = of_account("444455556666");
    let told = told_to(&stranger, &world, RAN, "").await.expect_err("it is another's");
    assert_eq!(told.code(), Code::UnknownServer);
    let never = told_to(&stranger, &world, NOWHERE, "").await.expect_err("there is none");
    assert_eq!(told.detail().replace(RAN, "ID"), never.detail().replace(NOWHERE, "ID"), "which nobody can tell apart");
    assert_eq!(world.aws.lookups.load(SeqCst), 0);
    let asked = AskedServers::default();
    let problem = reader(&world, None).servers(&stranger, &asked).await.expect_err("nothing is his");
    assert_eq!((problem.code(), problem.document().get("progress")), (Code::RuntimeNotReady, None));
    let of_other = AskedServers { accounts: vec![crate::runtime::world::place().account], ..asked.clone() };
    let problem = reader(&world, None).servers(&stranger, &of_other).await.expect_err("it is another's");
    assert_eq!(problem.code(), Code::ForbiddenAccount);
    let own = reader(&world, None).servers(&of_account("111122223333"), &asked).await.expect("it is told");
    assert_eq!(own.servers.len(), 3);
    assert_eq!(own.servers[0].timestamp, Some(second(NOW)));
}

#[tokio::test]
async fn a_month_that_was_left_half_done_is_not_told_as_the_month() {
    let world = World::new(LIVES);
    world.run_at("2025-10-25T00:00:00Z").await;
    world.aws.clock.set(NOW);
    let all_of_october = (Some(12.0 * 24.0 * 60.0), Quality::Exact, false);
    assert_eq!(minutes(&world, RUNS, "2025-10").await, all_of_october, "it is worked out anew");
}

#[tokio::test]
async fn what_failed_is_told_to_who_may_know() {
    let world = World::new(LIVES);
    world.aws.is_throttled.store(true, SeqCst);
    world.run_at(NOW).await;
    let told = listed(&world, AskedServers::default()).await.expect("it is told");
    assert!(told.servers.iter().all(|kept| kept.answer.quality == Quality::Stale && kept.answer.minutes.is_none()));
    let failure = told.progress[0].failure.clone().expect("it failed");
    assert!(failure.contains("LookupEvents"), "{failure}");
    let asked = AskedServers::default();
    let own = reader(&world, None).servers(&of_account("111122223333"), &asked).await.expect("it is told");
    assert_eq!(own.progress[0].failure.as_deref(), Some("the log of Larder says why"));
    world.aws.is_throttled.store(false, SeqCst);
    world.run_at(NOW).await;
    assert_eq!(listed(&world, asked).await.expect("it is told").progress, []);
}

#[tokio::test]
async fn an_answer_of_nobodys_account_is_nobodys() {
    let world = World::new(LIVES);
    world.run_at(NOW).await;
    let mut kept = told(&world, RAN, "").await.expect("it is told");
    kept.answer.server.account_id = None;
    kept.answer.as_of = kept.answer.as_of.plus(1);
    world.calculator.0.servers.keep(&kept).await.expect("it is written");
    let refused = told_to(&of_account("111122223333"), &world, RAN, "").await.expect_err("whose is it?");
    assert_eq!(refused.code(), Code::UnknownServer);
}

#[tokio::test]
async fn whoever_asks_again_at_once_asks_aws_nothing() {
    let world = World::new(LIVES);
    world.aws.clock.set(NOW);
    let reader = reader(&world, None);
    let asked = AskedServer { id: RAN, month: None, account: None, region: None };
    let first = reader.server(&Principal::local(), &asked).await.expect("it is told");
    let lookups = world.aws.lookups.load(SeqCst);
    assert_eq!(reader.server(&Principal::local(), &asked).await, Ok(first.clone()));
    let refused = reader.server(&of_account("444455556666"), &asked).await.expect_err("it is another's");
    assert_eq!((refused.code(), world.aws.lookups.load(SeqCst)), (Code::UnknownServer, lookups));
    world.aws.clock.pass(Duration::from_secs(10));
    assert_eq!(reader.server(&Principal::local(), &asked).await, Ok(first));
    assert!(world.aws.lookups.load(SeqCst) > lookups, "it is old by then");
}
