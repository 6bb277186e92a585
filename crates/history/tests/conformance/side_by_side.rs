//! Several at once.

use std::collections::BTreeSet;

use futures::future::join_all;
use larder_history::{CostSync, Kind, ResourceSync, SyncRecords};
use rstest::rstest;

use crate::backends::{Database, fresh_database, open};
use crate::samples::{ACCOUNT, at, check_sound, cost, cost_sync, day, instance, keep, sync};

const SYNCS: u32 = 12;

fn as_of(number: u32) -> String {
    format!("2026-11-01T10:{number:02}:00Z")
}

#[rstest]
#[tokio::test]
async fn syncs_of_one_place_take_turns_and_the_newest_wins(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let backend = database.make().await;
    let other = open(&backend.url).await;
    let histories = [backend.history.as_ref(), other.as_ref()];
    let syncs = (0..SYNCS).map(|number| {
        let history = histories[number as usize % 2];
        async move {
            let told: Vec<_> = (0..30).map(|id| instance(&format!("i-{id}"), &format!("state-{number}"))).collect();
            keep(history, &as_of(number), &told).await
        }
    });
    let costs = (0..SYNCS).map(|number| {
        let history = histories[number as usize % 2];
        async move {
            let rows = [cost("2026-10-01", "A", &format!("{number}.5")), cost("2026-10-02", "A", "1")];
            let sync = cost_sync(&as_of(number), "2026-10-01", "2026-11-01", &rows);
            history.store_costs(&sync).await.expect("they are kept")
        }
    });
    let (outcomes, _) = tokio::join!(join_all(syncs), join_all(costs));
    for history in histories {
        check_sound(history).await;
        let kept = history.resources(ACCOUNT, Kind::Instance, None).await.expect("answers");
        assert_eq!(kept[0].as_of, at(&as_of(SYNCS - 1)));
        let states: BTreeSet<_> = kept[0].resources.iter().map(|of| of.attributes["state"].to_string()).collect();
        assert_eq!((kept[0].resources.len(), states), (30, BTreeSet::from([format!("\"state-{}\"", SYNCS - 1)])));
        let month = larder_history::Period { from: day("2026-10-01"), to: day("2026-11-01") };
        let costs = history.monthly_costs(&[], month).await.expect("answers");
        assert_eq!(costs[0].unblended.to_plain_string(), format!("{}.5", SYNCS));
        let records = history.syncs(&SyncRecords { limit: 99, ..SyncRecords::default() }).await.expect("answers");
        assert_eq!(records.len(), 2 * SYNCS as usize);
    }
    let added: u64 = outcomes.iter().map(|outcome| outcome.added).sum();
    assert_eq!(added, 30, "one of them was the first, and nobody else thought so");
}

#[rstest]
#[tokio::test]
async fn places_and_months_that_nobody_wrote_to_before_are_begun_by_many_at_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let told = [instance("i-1", "running")];
    let accounts: Vec<_> = (0..8).map(|number| format!("{number:012}")).collect();
    let resources = accounts.iter().map(|account| {
        let sync = ResourceSync { account, ..sync("2019-05-05T00:00:00Z", &told) };
        async move { history.store_resources(&sync).await.expect("it is kept") }
    });
    let costs = accounts.iter().map(|account| async move {
        let rows: Vec<_> = (1..=12).map(|month| cost(&format!("2018-{month:02}-07"), "A", "1")).collect();
        let sync = CostSync { account, ..cost_sync("2019-05-05T00:00:00Z", "2018-01-01", "2019-01-01", &rows) };
        history.store_costs(&sync).await.expect("they are kept")
    });
    let (resources, costs) = tokio::join!(join_all(resources), join_all(costs));
    assert!(resources.iter().all(|outcome| outcome.added == 1) && costs.iter().all(|outcome| outcome.added == 12));
    check_sound(history).await;
}

#[tokio::test]
async fn one_database_is_brought_up_to_date_by_many_at_once() {
    let url = fresh_database().await;
    let opened = (0..6).map(async |_| {
        let history = open(&url).await;
        history.accounts().await.expect("whoever comes second waits");
        history.status().await.expect("answers").schema_version
    });
    assert_eq!(join_all(opened).await, [1; 6]);
}
