//! Who waits for whom on PostgreSQL.

use std::time::Duration;

use jiff::Timestamp;
use larder_history::{History, HistoryError, PostgresHistory, PostgresSettings, Retention};
use larder_tests::wait_until;
use sqlx::{Connection, PgConnection};

use crate::backends::fresh_database;
use crate::samples::{at, cost, cost_sync};
use crate::tables::ids;

const RETENTION: Retention = Retention { versions_months: Some(1), costs_months: Some(1) };
/// The lock of those who make and drop partitions.
const PARTITIONS: &str = "SELECT pg_advisory_xact_lock(hashtextextended('larder partitions', 0))";

fn now() -> Timestamp {
    at("2026-11-20T00:00:00Z")
}

async fn made(settings: PostgresSettings) -> PostgresHistory {
    let history = PostgresHistory::new(&settings).expect("an URL");
    history.accounts().await.expect("it is made");
    history
}

async fn run(connection: &mut PgConnection, statement: &'static str) {
    sqlx::raw_sql(statement).execute(connection).await.expect(statement);
}

/// Once so many of the database's locks of that kind are waited for.
async fn waiting(observer: &mut PgConnection, kind: &'static str) {
    let waits = "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE NOT l.granted AND l.locktype = $1 AND a.datname = current_database()";
    wait_until("somebody waits", async || {
        let waits: i64 = sqlx::query_scalar(waits).bind(kind).fetch_one(&mut *observer).await?;
        Ok((waits > 0).then_some(()))
    })
    .await
    .expect("somebody waits");
}

/// What a sync does that makes a partition: it has the lock for that, and then takes a table.
#[tokio::test]
async fn upkeep_and_who_makes_a_partition_take_turns() {
    let url = fresh_database().await;
    let history = made(PostgresSettings::new(url.as_str().into())).await;
    let mut other = PgConnection::connect(&url).await.expect("connects");
    let mut observer = PgConnection::connect(&url).await.expect("connects");
    run(&mut other, "BEGIN").await;
    run(&mut other, PARTITIONS).await;
    let maker = async {
        waiting(&mut observer, "advisory").await;
        run(&mut other, "LOCK TABLE cost_data IN ACCESS EXCLUSIVE MODE").await;
        run(&mut other, "COMMIT").await;
    };
    let (pruned, ()) = tokio::join!(history.maintain(RETENTION, now()), maker);
    pruned.expect("it had its turn");
}

/// A sync of costs has one table when it waits for the next: upkeep must not have that one and wait for the first.
#[tokio::test]
async fn upkeep_takes_tables_in_the_order_of_syncs() {
    let url = fresh_database().await;
    let history = made(PostgresSettings::new(url.as_str().into())).await;
    let mut connection = PgConnection::connect(&url).await.expect("connects");
    for table in ["cost_data", "resource_versions", "sync_history"] {
        let old = sqlx::query("SELECT make_partition($1, '2020-01-01')").bind(table);
        old.execute(&mut connection).await.expect("it is made");
    }
    let mut observer = PgConnection::connect(&url).await.expect("connects");
    run(&mut connection, "BEGIN; LOCK TABLE cost_data IN ROW EXCLUSIVE MODE").await;
    let sync = async {
        waiting(&mut observer, "relation").await;
        run(&mut connection, "LOCK TABLE sync_history IN ROW EXCLUSIVE MODE; COMMIT").await;
    };
    let (pruned, ()) = tokio::join!(history.maintain(RETENTION, now()), sync);
    pruned.expect("it waited for the sync");
}

#[tokio::test]
async fn upkeep_gives_up_where_others_would_have_to_wait_behind_it() {
    let url = fresh_database().await;
    let history = made(PostgresSettings::new(url.as_str().into())).await;
    let mut other = PgConnection::connect(&url).await.expect("connects");
    run(&mut other, "BEGIN; LOCK TABLE cost_data").await;
    let refused = tokio::time::timeout(Duration::from_secs(60), history.maintain(RETENTION, now())).await;
    assert!(matches!(refused, Ok(Err(HistoryError::Busy(_)))), "{refused:?}");
    run(&mut other, "ROLLBACK").await;
    history.maintain(RETENTION, now()).await.expect("it is free");
}

#[tokio::test]
async fn a_database_that_is_asked_by_many_is_busy_and_not_out_of_reach() {
    let url = fresh_database().await;
    let history = made(PostgresSettings {
        pool: 1,
        connect_timeout: Duration::from_millis(300),
        ..PostgresSettings::new(url.as_str().into())
    })
    .await;
    let mut other = PgConnection::connect(&url).await.expect("connects");
    let mut observer = PgConnection::connect(&url).await.expect("connects");
    run(&mut other, "BEGIN; LOCK TABLE resources").await;
    let second = async {
        waiting(&mut observer, "relation").await;
        let refused = history.accounts().await;
        assert!(matches!(refused, Err(HistoryError::Busy(_))), "{refused:?}");
        run(&mut other, "ROLLBACK").await;
    };
    let (first, ()) = tokio::join!(ids(&history), second);
    assert_eq!(first, [""; 0], "who had the connection is answered");
}

/// The partition that was counted has one row less than it had then; the other one was never counted.
#[tokio::test]
async fn rows_are_estimated_where_all_were_counted_once_and_else_counted() {
    let url = fresh_database().await;
    let history = made(PostgresSettings::new(url.as_str().into())).await;
    let rows = [cost("2026-10-02", "A", "1"), cost("2026-11-01", "A", "1"), cost("2026-11-02", "A", "1")];
    let sync = cost_sync("2026-11-03T00:00:00Z", "2026-10-01", "2026-11-03", &rows[..1]);
    history.store_costs(&sync).await.expect("they are kept");
    let mut connection = PgConnection::connect(&url).await.expect("connects");
    run(
        &mut connection,
        "ALTER TABLE cost_data_2026_10 SET (autovacuum_enabled = FALSE);
         INSERT INTO cost_data SELECT account_id, day, number::text, currency, unblended, amortised, estimated
            FROM cost_data, generate_series(1, 119999) AS number;
         ANALYZE cost_data_2026_10;
         DELETE FROM cost_data WHERE service = '7'",
    )
    .await;
    let count = async || {
        let tables = history.status().await.expect("answers").tables;
        tables.into_iter().find(|table| table.name == "cost_data").expect("it is told").rows
    };
    assert_eq!(count().await, 120_000, "months that nobody wrote to hold up no estimate");
    let more = cost_sync("2026-11-04T00:00:00Z", "2026-11-01", "2026-11-03", &rows[1..]);
    history.store_costs(&more).await.expect("they are kept");
    assert_eq!(count().await, 120_001, "each is counted");
}
