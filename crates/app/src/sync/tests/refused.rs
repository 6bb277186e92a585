use larder_history::HistoryError;

use super::*;
use crate::InvalidationRequest;

const UNKNOWN: &str = "999988887777";

/// How many marks were ever made.
async fn marks(test: &TestApp) -> u64 {
    let any = InvalidationRequest::default();
    let done = test.app.invalidation().invalidate(&Principal::local(), &any).await.expect("acknowledged");
    done.epoch.counter - 1
}

fn account(id: &str) -> AccountId {
    AccountId::parse(id).expect("12 digits")
}

fn without_history() -> OpenedHistory {
    let down = || std::future::ready(Err(HistoryError::Unreachable(sqlx::Error::PoolTimedOut)));
    OpenedHistory::when_asked("down".to_owned(), Arc::new(crate::SystemEnvironment::new()), down)
}

#[rstest]
#[case(instances())]
#[case(SyncRequest::of_costs())]
#[tokio::test]
async fn an_account_that_nobody_knows_leaves_no_trace(#[case] request: SyncRequest) {
    let test = test().await;
    let request = SyncRequest { accounts: vec![account(UNKNOWN)], ..request };
    let report = run(&test, &request).await.expect("a report");
    let problem = report.unless_all_failed().expect_err("nothing");
    assert_eq!(problem.code(), Code::UnknownAccount);
    assert_eq!(records(&test, &Principal::local(), Which::All).await.len(), 0);
    assert_eq!((test.aws.asked(), marks(&test).await), (0, 0));
}

#[tokio::test]
async fn an_account_that_nobody_knows_keeps_no_other_from_being_synced() {
    let test = test().await;
    let request = SyncRequest { accounts: vec![account(UNKNOWN), own()], ..instances() };
    let report = run(&test, &request).await.expect("a part of it");
    assert_eq!(counts(&report).len(), 2);
    let failed: Vec<_> = report.failed_regions.iter().map(|it| (it.account_id.as_str(), it.code)).collect();
    assert_eq!(failed, [(UNKNOWN, "UNKNOWN_ACCOUNT")]);
}

#[tokio::test]
async fn a_registry_that_can_not_be_read_refuses_nobody() {
    let test = test().await;
    test.aws.registry_fails(FetchError::new(FailureKind::Unavailable, "dynamodb:GetItem", "down"));
    let report = run(&test, &instances()).await.expect("synced");
    assert_eq!((report.success, counts(&report).len()), (true, 2), "{report:?}");
}

#[tokio::test]
async fn costs_that_can_not_be_kept_are_not_paid_for() {
    let test = TestApp::over(without_history(), |_| {});
    answer(&test);
    let costs = SyncRequest { accounts: vec![own()], ..SyncRequest::of_costs() };
    let problem = run(&test, &costs).await.expect("a report").unless_all_failed().expect_err("nothing");
    assert_eq!((problem.code(), test.aws.asked(), marks(&test).await), (Code::HistoryUnavailable, 0, 0));

    let both = SyncRequest { whats: vec![What::Costs, What::Resources(Kind::Instance)], ..costs };
    run(&test, &both).await.expect("a report").unless_all_failed().expect_err("nothing is kept");
    assert_eq!(test.aws.asked_for("costs"), 0);
    assert!(test.aws.asked_for("ec2-instances") > 0, "what is free refills the cache");
}
