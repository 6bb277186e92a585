//! PostgreSQL stops where it stands, in mid-sync.

use std::sync::Arc;

use larder_history::{History, HistoryError, PostgresHistory, PostgresSettings, Resource, SyncOutcome};
use larder_tests::{Postgres, wait_until};
use sqlx::{Connection, PgConnection};

use crate::samples::{check_sound, cost, cost_sync, instance, outcome, sync};
use crate::tables::everything;

/// What sync is interrupted, and where it is when the database stops: it waits for somebody who holds that table.
#[derive(Clone, Copy, Debug)]
enum Moment {
    Resources(&'static str),
    Costs(&'static str),
}

const MOMENTS: [Moment; 6] = [
    Moment::Resources("resource_versions"),
    Moment::Resources("resources"),
    Moment::Resources("sync_state"),
    Moment::Costs("cost_month"),
    Moment::Costs("cost_spans"),
    Moment::Costs("sync_state"),
];

fn told(states: [&str; 2]) -> Vec<Resource> {
    // All of the first half change, the others come or go.
    (0..600).filter(|id| *id < 300 || states[1].is_empty()).map(|id| instance(&format!("i-{id}"), states[0])).collect()
}

/// What is interrupted.
async fn go_on(history: &dyn History, moment: Moment) -> Result<SyncOutcome, HistoryError> {
    match moment {
        Moment::Resources(_) => {
            let told = told(["stopped", "fewer"]);
            history.store_resources(&sync("2026-11-02T00:00:00Z", &told)).await
        }
        Moment::Costs(_) => {
            let rows = [cost("2026-10-01", "A", "1.5"), cost("2026-10-02", "B", "1")];
            history.store_costs(&cost_sync("2026-11-02T00:00:00Z", "2026-10-01", "2026-11-01", &rows)).await
        }
    }
}

async fn stop_in_mid_sync(postgres: &Postgres, url: &str, history: &Arc<PostgresHistory>, moment: Moment) {
    let (Moment::Resources(table) | Moment::Costs(table)) = moment;
    let mut holder = PgConnection::connect(url).await.expect("connects");
    let hold = sqlx::AssertSqlSafe(format!("BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE"));
    sqlx::raw_sql(hold).execute(&mut holder).await.expect("it is held");
    let interrupted = tokio::spawn({
        let history = Arc::clone(history);
        async move { go_on(history.as_ref(), moment).await }
    });
    let waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let waits = async || {
        let waiting: i64 = sqlx::query_scalar(waiting).fetch_one(&mut holder).await?;
        Ok((waiting > 0).then_some(()))
    };
    wait_until("the sync waits", waits).await.expect("it does");
    postgres.stop_immediately().await.expect("it stops");
    let failed = interrupted.await.expect("it ends");
    assert!(matches!(failed, Err(HistoryError::Unreachable(_))), "{moment:?}: {failed:?}");
    postgres.start_again().await.expect("it starts again");
}

#[tokio::test]
async fn a_sync_that_a_crash_interrupts_leaves_nothing_and_the_next_is_whole() {
    let postgres = Postgres::start().await.expect("it starts");
    for (number, moment) in MOMENTS.into_iter().enumerate() {
        let url = postgres.create_database(&format!("crash_{number}")).expect("a fresh database");
        let history = Arc::new(PostgresHistory::new(&PostgresSettings::new(url.as_str().into())).expect("an URL"));
        let first = told(["running", ""]);
        history.store_resources(&sync("2026-11-01T00:00:00Z", &first)).await.expect("it is kept");
        let rows = [cost("2026-10-01", "A", "1"), cost("2026-10-02", "A", "2")];
        let costs = cost_sync("2026-11-01T00:00:00Z", "2026-10-01", "2026-11-01", &rows);
        history.store_costs(&costs).await.expect("it is kept");
        let before = everything(history.as_ref()).await;

        stop_in_mid_sync(&postgres, &url, &history, moment).await;
        assert_eq!(everything(history.as_ref()).await, before, "{moment:?}: what was kept is there, and nothing else");
        check_sound(history.as_ref()).await;
        let expected = match moment {
            Moment::Resources(_) => outcome([300, 0, 300, 300]),
            Moment::Costs(_) => outcome([2, 1, 1, 1]),
        };
        assert_eq!(go_on(history.as_ref(), moment).await.expect("the next is whole"), expected, "{moment:?}");
        // What was answered for is there after a crash too.
        let after = everything(history.as_ref()).await;
        postgres.stop_immediately().await.expect("it stops");
        postgres.start_again().await.expect("it starts again");
        assert_eq!(everything(history.as_ref()).await, after, "{moment:?}");
        check_sound(history.as_ref()).await;
    }
}
