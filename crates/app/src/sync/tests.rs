use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use larder_history::{Kind, SqliteHistory, What, Which};
use larder_sources::{AccountId, FailureKind, FetchError, Region};
use rstest::rstest;
use serde_json::json;

use super::*;
use crate::problem::{Code, Problem};
use crate::test_app::{OWN, TestApp, history_in_memory};
use crate::wiring::OpenedHistory;
use crate::{ChosenRegions, Directives, Principal, Question, Reply};

mod refused;

const WITHIN: Duration = Duration::from_secs(60);

async fn test() -> TestApp {
    let test = TestApp::over(history_in_memory(SqliteHistory::in_memory().await.expect("a history")), |_| {});
    answer(&test);
    test
}

fn answer(test: &TestApp) {
    let regions = ["eu-west-1", "us-east-1"].map(|region| json!({"region": region, "optInStatus": "opted-in"}));
    test.aws.answers("ec2-regions", Ok(&json!({ "regions": regions }).to_string()));
    test.aws.answers("ec2-instances", Ok(r#"{"instances":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}"#));
}

fn own() -> AccountId {
    AccountId::parse(OWN).expect("12 digits")
}

fn instances() -> SyncRequest {
    let whats = vec![What::Resources(Kind::Instance)];
    SyncRequest { accounts: vec![own()], whats, regions: ChosenRegions::All }
}

async fn run(test: &TestApp, request: &SyncRequest) -> Result<SyncReport, Problem> {
    test.app.sync().run(&Principal::named("ann"), request, WITHIN, &|_| {}).await
}

fn counts(report: &SyncReport) -> Vec<(Option<&str>, [Option<u64>; 3])> {
    let of = |it: &Outcome| [it.added, it.changed, it.gone];
    report.outcomes.iter().map(|it| (it.region.as_deref(), of(it))).collect()
}

async fn records(test: &TestApp, principal: &Principal, which: Which) -> Vec<Record> {
    let asked = AskedRecords { accounts: None, which, limit: 100 };
    test.app.records(principal, &asked).await.expect("told").syncs
}

#[tokio::test]
async fn what_changed_is_kept_and_the_same_again_changes_nothing() {
    let test = test().await;
    let first = run(&test, &instances()).await.expect("synced");
    let added = [Some(2), Some(0), Some(0)];
    assert_eq!(counts(&first), [(Some("eu-west-1"), added), (Some("us-east-1"), added)]);
    assert_eq!((first.success, first.synced), (true, 4));
    let again = run(&test, &instances()).await.expect("synced");
    let nothing = [Some(0), Some(0), Some(0)];
    assert_eq!(counts(&again), [(Some("eu-west-1"), nothing), (Some("us-east-1"), nothing)]);
    test.aws.answers("ec2-instances", Ok(r#"{"instances":[{"instanceId":"i-1","state":"stopped"}]}"#));
    let changed = run(&test, &instances()).await.expect("synced");
    assert_eq!(counts(&changed)[0].1, [Some(0), Some(1), Some(1)]);
    let records = records(&test, &Principal::local(), Which::All).await;
    assert_eq!((records.len(), &*records[0].by, records[0].what), (6, "ann", "instances"));
}

#[tokio::test]
async fn what_was_cached_before_is_fetched_anew_and_cached_again() {
    let test = test().await;
    let data_type = crate::data_type_of_text("ec2-instances").expect("a data type");
    let question = Question { data_type, region: Some("us-east-1"), account: Some(OWN) };
    let ask = async || {
        let asked = test.app.queries().ask(&Principal::local(), &question, &Directives::default()).await;
        let Ok(Reply::One(answer)) = asked else { panic!("{asked:?}") };
        answer.value.clone()
    };
    let before = ask().await;
    test.aws.answers("ec2-instances", Ok(r#"{"instances":[{"instanceId":"i-3"}]}"#));
    assert_eq!(ask().await, before, "it is cached");
    run(&test, &instances()).await.expect("synced");
    let asked = test.aws.asked();
    assert_eq!(ask().await, r#"{"instances":[{"instanceId":"i-3"}]}"#);
    assert_eq!(test.aws.asked(), asked, "the sync has refilled the cache");
}

#[tokio::test]
async fn what_fails_is_named_and_recorded_and_the_rest_is_kept() {
    let test = test().await;
    let denied = FetchError::new(FailureKind::AccessDenied, "ec2:DescribeInstances", "user ann may not");
    test.aws.answers_in("eu-west-1", "ec2-instances", Err(denied));
    let report = run(&test, &instances()).await.expect("a part of it").unless_all_failed().expect("not all");
    assert_eq!((report.success, report.synced, report.outcomes.len()), (false, 2, 1));
    let failed = &report.failed_regions[0];
    assert_eq!((failed.region.as_deref(), failed.kind, failed.code), (Some("eu-west-1"), "instances", "ACCESS_DENIED"));
    let records = records(&test, &Principal::local(), Which::Failed).await;
    assert_eq!((records.len(), records[0].code.as_deref()), (1, Some("ACCESS_DENIED")));
    assert!(records[0].error.as_ref().is_some_and(|error| error.contains("user ann")), "{records:?}");
}

#[tokio::test]
async fn the_words_of_aws_are_for_who_may_see_every_account() {
    let test = test().await;
    let denied = FetchError::new(FailureKind::AccessDenied, "ec2:DescribeInstances", "user ann may not");
    test.aws.answers("ec2-instances", Err(denied));
    run(&test, &instances()).await.expect("a report");
    let claims = [("token_use", "access"), ("scope", "larder/read"), ("cognito:groups", "[acct-111122223333]")];
    let claims = claims.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let reader = Principal::from_claims(&claims, &[]).expect("a token");
    let told = records(&test, &reader, Which::Failed).await;
    assert_eq!(told.len(), 2);
    for record in told {
        let said = format!("{record:?}");
        assert!(said.contains("ACCESS_DENIED") && !said.contains("user ann"), "{said}");
    }
}

#[tokio::test]
async fn where_nothing_can_be_had_it_is_a_problem() {
    let test = test().await;
    let down = FetchError::new(FailureKind::Unavailable, "ec2:DescribeInstances", "down");
    test.aws.answers("ec2-instances", Err(down));
    let report = run(&test, &instances()).await.expect("a report");
    let problem = report.unless_all_failed().expect_err("nothing");
    assert_eq!(problem.code(), Code::UpstreamUnavailable);
    assert_eq!(problem.document()["failedRegions"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn regions_that_can_not_be_told_fail_every_kind_of_the_account() {
    let test = test().await;
    test.aws.answers("ec2-regions", Err(FetchError::new(FailureKind::Throttled, "ec2:DescribeRegions", "slow")));
    let report = run(&test, &SyncRequest { accounts: vec![own()], ..SyncRequest::of_resources() }).await.expect("told");
    let kinds: BTreeSet<_> = report.failed_regions.iter().map(|it| (it.kind, it.region.clone(), it.code)).collect();
    let of = |kind| (kind, None, "UPSTREAM_THROTTLED");
    assert_eq!(kinds, BTreeSet::from([of("amis"), of("instances"), of("snapshots")]));
    assert_eq!(records(&test, &Principal::local(), Which::Failed).await.len(), 3);
}

#[tokio::test]
async fn regions_that_are_named_need_not_be_told() {
    let test = test().await;
    test.aws.answers("ec2-regions", Err(FetchError::new(FailureKind::Throttled, "ec2:DescribeRegions", "slow")));
    let regions = ChosenRegions::These([Region::parse("us-east-1").expect("a region")].into());
    let report = run(&test, &SyncRequest { regions, ..instances() }).await.expect("synced");
    assert_eq!(counts(&report), [(Some("us-east-1"), [Some(2), Some(0), Some(0)])]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_reached_in_time_is_named() {
    // Without a history: SQLite works on a thread of its own, and the paused clock would not wait for it.
    let test = TestApp::new();
    answer(&test);
    test.aws.takes(Duration::from_secs(4));
    let regions = json!({"regions": (0..20).map(|n| Region::all()[n].name()).map(|region| json!({"region": region, "optInStatus": "opted-in"})).collect::<Vec<_>>()});
    test.aws.answers("ec2-regions", Ok(&regions.to_string()));
    let told = Arc::new(Mutex::new(0));
    let count = told.clone();
    let on_progress = move |progress: Progress<'_>| {
        if !matches!(progress, Progress::Expected(_)) {
            *count.lock().expect("no panic") += 1;
        }
    };
    let report = test
        .app
        .sync()
        .run(&Principal::local(), &instances(), Duration::from_secs(10), &on_progress)
        .await
        .expect("a part of it");
    let late = report.failed_regions.iter().filter(|it| it.code == "DEADLINE").count();
    assert_eq!((report.outcomes.len() + late, late > 0, report.outcomes.is_empty()), (20, true, false), "{report:?}");
    assert_eq!(*told.lock().expect("no panic"), 20);
}

#[tokio::test]
async fn without_a_history_the_cache_is_refilled_all_the_same() {
    let test = TestApp::new();
    answer(&test);
    let report = run(&test, &instances()).await.expect("synced");
    assert_eq!((report.synced, counts(&report)[0].1), (4, [None; 3]));
    assert!(report.message.contains("no history"), "{}", report.message);
}

#[tokio::test]
async fn a_history_that_is_down_fails_what_it_should_have_kept() {
    let down = || std::future::ready(Err(larder_history::HistoryError::Unreachable(sqlx::Error::PoolTimedOut)));
    let history = OpenedHistory::when_asked("down".to_owned(), Arc::new(crate::SystemEnvironment::new()), down);
    let test = TestApp::over(history, |_| {});
    answer(&test);
    let report = run(&test, &instances()).await.expect("a report");
    assert_eq!(report.unless_all_failed().expect_err("nothing is kept").code(), Code::HistoryUnavailable);
}

#[rstest]
#[case("larder/read", "[acct-all]", Code::Forbidden)]
#[case("larder/admin", "[larder-admins acct-444455556666]", Code::ForbiddenAccount)]
#[case("larder/admin", "[larder-admins]", Code::ForbiddenAccount)]
#[tokio::test]
async fn who_may_not_change_an_account_syncs_nothing(#[case] scope: &str, #[case] groups: &str, #[case] code: Code) {
    let test = test().await;
    let claims = [("token_use", "access"), ("username", "ann"), ("scope", scope), ("cognito:groups", groups)];
    let claims = claims.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let principal = Principal::from_claims(&claims, &[]).expect("a token");
    let refused = test.app.sync().run(&principal, &instances(), WITHIN, &|_| {}).await.expect_err("refused");
    assert_eq!((refused.code(), test.aws.asked()), (code, 0));
}
