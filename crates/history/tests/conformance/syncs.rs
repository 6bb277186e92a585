//! Which syncs there were.

use larder_history::{CostSync, FailedSync, History, Kind, ResourceSync, SyncRecords, What, Which};
use rstest::rstest;

use crate::backends::Database;
use crate::samples::{ACCOUNT, OTHER, at, cost_sync, sync};

const INSTANCES: What = What::Resources(Kind::Instance);

async fn keep(history: &dyn History, as_of: &str, by: &str, region: &str) {
    let sync = ResourceSync { by, region, ..sync(as_of, &[]) };
    history.store_resources(&sync).await.expect("it is kept");
}

async fn fail(history: &dyn History, as_of: &str, by: &str, account: &str) {
    let (what, as_of) = (INSTANCES, at(as_of));
    let failed = FailedSync { account, region: Some("eu-west-1"), what, as_of, by, code: "DENIED", error: "no" };
    history.record_failure(&failed).await.expect("it is recorded");
}

/// Two syncs by the schedule, of which the later one did not get as far as `us-east-1` and failed in `eu-west-1`; a region
/// that it left out for long; and a person's sync after all.
async fn several(history: &dyn History) {
    keep(history, "2026-11-01T02:00:00Z", "schedule", "me-south-1").await;
    for region in ["eu-west-1", "us-east-1", "us-west-2"] {
        keep(history, "2026-11-01T10:00:00Z", "schedule", region).await;
    }
    keep(history, "2026-11-01T11:00:00Z", "schedule", "us-west-2").await;
    fail(history, "2026-11-01T11:00:01Z", "schedule", ACCOUNT).await;
    keep(history, "2026-11-01T12:00:00Z", "ann", "us-east-1").await;
    fail(history, "2026-11-01T12:00:01Z", "ann", "000000000000").await;
    let costs =
        CostSync { account: OTHER, by: "ann", ..cost_sync("2026-11-01T13:00:00Z", "2026-10-01", "2026-11-01", &[]) };
    history.store_costs(&costs).await.expect("they are kept");
}

#[rstest]
#[case::all(SyncRecords::default(), 9)]
#[case::of_a_kind(SyncRecords { whats: vec![What::Costs], ..SyncRecords::default() }, 1)]
#[case::of_two_kinds(SyncRecords { whats: vec![What::Costs, INSTANCES], ..SyncRecords::default() }, 9)]
#[case::by_one(SyncRecords { by: Some("schedule".to_owned()), ..SyncRecords::default() }, 6)]
#[case::failed(SyncRecords { which: Which::Failed, ..SyncRecords::default() }, 2)]
#[case::succeeded(SyncRecords { which: Which::Succeeded, ..SyncRecords::default() }, 7)]
#[case::all_at_once(
    SyncRecords {
        accounts: vec![ACCOUNT.to_owned()],
        whats: vec![INSTANCES],
        by: Some("schedule".to_owned()),
        which: Which::Succeeded,
        limit: 9,
    },
    5
)]
#[tokio::test]
async fn records_are_told_by_their_kind_by_who_wanted_them_and_by_how_they_ended(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[case] records: SyncRecords,
    #[case] expected: usize,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    several(history).await;
    let told = history.syncs(&SyncRecords { limit: 99, ..records.clone() }).await.expect("answers");
    assert_eq!(told.len(), expected, "{records:?}: {told:#?}");
    let newest = history.syncs(&SyncRecords { limit: 1, ..records }).await.expect("answers");
    assert_eq!(newest, told[..1]);
}

#[rstest]
#[tokio::test]
async fn the_place_that_was_not_synced_for_longest_is_found(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let schedule = SyncRecords { whats: vec![INSTANCES], by: Some("schedule".to_owned()), ..SyncRecords::default() };
    let since = at("2026-11-01T09:00:00Z");
    assert_eq!(history.longest_unsynced(&schedule, since).await.expect("answers"), None);
    several(history).await;
    let ten = Some(at("2026-11-01T10:00:00Z"));
    assert_eq!(history.longest_unsynced(&schedule, since).await.expect("answers"), ten);
    for (records, since, expected) in [
        (schedule.clone(), "2026-11-01T01:00:00Z", Some("2026-11-01T02:00:00Z")),
        (schedule.clone(), "2026-11-01T10:30:00Z", Some("2026-11-01T11:00:00Z")),
        (
            SyncRecords { by: Some("ann".to_owned()), ..schedule.clone() },
            "2026-11-01T09:00:00Z",
            Some("2026-11-01T12:00:00Z"),
        ),
        (SyncRecords { accounts: vec![OTHER.to_owned()], ..schedule }, "2026-11-01T09:00:00Z", None),
    ] {
        let found = history.longest_unsynced(&records, at(since)).await.expect("answers");
        assert_eq!(found, expected.map(at), "{records:?} {since}");
    }
}

#[rstest]
#[tokio::test]
async fn accounts_are_told_once_each_if_a_sync_of_them_succeeded(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    several(history).await;
    assert_eq!(history.synced_accounts().await.expect("answers"), [ACCOUNT, OTHER]);
}
