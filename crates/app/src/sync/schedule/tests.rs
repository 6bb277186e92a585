use std::sync::Arc;

use jiff::ToSpan;
use larder_history::{FailedSync, HistoryError, Kind, ResourceSync, SqliteHistory, What};
use rstest::rstest;

use super::*;
use crate::test_app::{OWN, TestApp, history_in_memory};
use crate::wiring::OpenedHistory;

const HOUR: Duration = Duration::from_secs(60 * 60);
const INSTANCES: What = What::Resources(Kind::Instance);

fn schedule(test: &TestApp, start: ScheduleStart) -> Schedule {
    let sync = SyncConfiguration { every: HOUR, costs_every: HOUR };
    Schedule { app: test.app.clone(), sync, retention: Retention::default(), start }
}

#[tokio::test(start_paused = true)]
async fn as_long_as_nothing_can_be_kept_aws_is_not_asked() {
    let down = || std::future::ready(Err(HistoryError::Unreachable(sqlx::Error::PoolTimedOut)));
    let history = OpenedHistory::when_asked("down".to_owned(), Arc::new(crate::SystemEnvironment::new()), down);
    let test = TestApp::over(history, |_| {});
    let schedule = schedule(&test, ScheduleStart::AtOnce);
    tokio::time::timeout(24 * HOUR, schedule.keep_up()).await.expect_err("it never ends");
    assert_eq!(test.aws.asked(), 0);
}

/// What was recorded so many minutes ago: the region, by whom, and whether it succeeded.
type Recorded = (i64, &'static str, &'static str, bool);

#[rstest]
#[case::never(SyncRequest::of_resources(), &[], 60)]
#[case::whole(SyncRequest::of_resources(), &[(20, "a", BY, true), (20, "b", BY, true)], 40)]
#[case::by_others(SyncRequest::of_resources(), &[(20, "a", BY, true), (10, "a", "ann", true)], 40)]
#[case::cut_short(SyncRequest::of_resources(), &[(70, "a", BY, true), (70, "b", BY, true), (10, "a", BY, true)], 0)]
#[case::failed_once(SyncRequest::of_resources(), &[(50, "a", BY, true), (40, "b", BY, true), (1, "a", BY, false)], 10)]
#[case::gone_for_long(SyncRequest::of_resources(), &[(20, "a", BY, true), (200, "b", BY, true)], 40)]
#[case::not_run_for_long(SyncRequest::of_resources(), &[(900, "a", BY, true), (900, "b", BY, true)], 0)]
#[case::paid_for_in_part(SyncRequest::of_costs(), &[(70, "a", BY, true), (20, "b", BY, true)], 40)]
#[case::paid_for_in_vain(SyncRequest::of_costs(), &[(70, "a", BY, true), (20, "a", BY, false)], 40)]
#[tokio::test]
async fn the_next_sync_is_due_by_the_last(
    #[case] request: SyncRequest,
    #[case] recorded: &[Recorded],
    #[case] minutes: u64,
) {
    let history = SqliteHistory::in_memory().await.expect("a history");
    let test = TestApp::over(history_in_memory(history), |_| {});
    let opened = test.app.history().opened().await.expect("it is there");
    let now = test.app.now();
    for (ago, region, by, succeeded) in recorded {
        let as_of = now.checked_sub(ago.minutes()).expect("a moment");
        let (kind, account) = (Kind::Instance, OWN);
        let what = if is_paid(&request) { What::Costs } else { INSTANCES };
        match (succeeded, what) {
            (true, What::Resources(_)) => {
                let sync = ResourceSync { account, region, kind, as_of, by, resources: &[] };
                opened.store_resources(&sync).await.expect("it is kept");
            }
            (true, What::Costs) => {
                let (from, to) = (jiff::civil::date(2026, 10, 1), jiff::civil::date(2026, 11, 1));
                let sync = larder_history::CostSync { account, from, to, as_of, by, rows: &[] };
                opened.store_costs(&sync).await.expect("they are kept");
            }
            (false, _) => {
                let region = (what == INSTANCES).then_some(*region);
                let failed = FailedSync { account, region, what, as_of, by, code: "DENIED", error: "no" };
                opened.record_failure(&failed).await.expect("it is recorded");
            }
        }
    }
    let due = schedule(&test, ScheduleStart::WhenDue).until_due(HOUR, &request).await;
    assert!(due <= Duration::from_secs(60 * minutes), "{due:?}");
    assert!(due + Duration::from_secs(60) > Duration::from_secs(60 * minutes), "{due:?}");
}
