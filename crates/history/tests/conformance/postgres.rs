//! What only PostgreSQL can show.

use std::time::Duration;

use larder_history::{CloudAccount, History, HistoryError, PostgresHistory, PostgresSettings};
use larder_tests::{Postgres, free_port};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::backends::{fresh_database, run};
use crate::samples::{ACCOUNT, check_sound, cost, cost_sync, instance, keep};
use crate::tables::{everything, ids};

fn history(url: &str) -> PostgresHistory {
    PostgresHistory::new(&PostgresSettings::new(url.into())).expect("an URL")
}

fn with_replica(url: &str, replica: &str) -> PostgresHistory {
    let settings = PostgresSettings {
        read_replica: Some(replica.into()),
        connect_timeout: Duration::from_millis(500),
        ..PostgresSettings::new(url.into())
    };
    PostgresHistory::new(&settings).expect("URLs")
}

fn nobody() -> String {
    format!("postgres://larder@127.0.0.1:{}/history", free_port().expect("a port"))
}

#[tokio::test]
async fn nothing_is_connected_before_it_is_asked_and_then_it_is_said_who_does_not_answer() {
    let history = PostgresHistory::new(&PostgresSettings {
        connect_timeout: Duration::from_millis(300),
        ..PostgresSettings::new(nobody().as_str().into())
    });
    let refused = history.expect("it is not connected yet").accounts().await;
    assert!(matches!(refused, Err(HistoryError::Unreachable(_))), "{refused:?}");
}

#[tokio::test]
async fn a_statement_ends_by_its_timeout() {
    let url = fresh_database().await;
    let settings =
        PostgresSettings { statement_timeout: Duration::from_millis(50), ..PostgresSettings::new(url.as_str().into()) };
    let history = PostgresHistory::new(&settings).expect("an URL");
    assert_eq!(ids(&history).await, [""; 0]);
    let mut other = PgConnection::connect(&url).await.expect("connects");
    sqlx::raw_sql("BEGIN; LOCK TABLE resources").execute(&mut other).await.expect("it is locked");
    let asked = history.resources(ACCOUNT, larder_history::Kind::Instance, None).await;
    assert!(matches!(asked, Err(HistoryError::TimedOut(_))), "{asked:?}");
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.expect("it is free");
    assert_eq!(ids(&history).await, [""; 0]);
}

/// The rows tell which transaction wrote them last.
#[tokio::test]
async fn a_sync_writes_the_rows_that_changed_and_no_other() {
    let url = fresh_database().await;
    let history = history(&url);
    let told = |changed: usize| {
        let state = |id| if id < changed { "stopped" } else { "running" };
        (0..10_000).map(|id| instance(&format!("i-{id}"), state(id))).collect::<Vec<_>>()
    };
    keep(&history, "2026-11-01T10:00:00Z", &told(0)).await;
    let outcome = keep(&history, "2026-11-01T11:00:00Z", &told(100)).await;
    assert_eq!((outcome.seen, outcome.added, outcome.changed, outcome.gone), (10_000, 0, 100, 0));
    let mut connection = PgConnection::connect(&url).await.expect("connects");
    let last = "(SELECT max(xmin::text::bigint) FROM sync_history)";
    for (table, rows) in [("resources", 100), ("resource_versions", 200), ("sync_state", 1), ("sync_history", 1)] {
        let written = format!("SELECT count(*) FROM {table} WHERE xmin::text::bigint = {last}");
        let written: i64 = sqlx::query_scalar(AssertSqlSafe(written)).fetch_one(&mut connection).await.expect(table);
        assert_eq!(written, rows, "{table}");
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let url = fresh_database().await;
    history(&url).accounts().await.expect("it is made");
    run(&url, "INSERT INTO _sqlx_migrations VALUES (99, 'later', now(), TRUE, 'x', 0)").await;
    for _ in 0..2 {
        let refused = history(&url).accounts().await;
        assert!(matches!(&refused, Err(HistoryError::Unusable(why)) if why.contains("newer version")), "{refused:?}");
    }
}

#[tokio::test]
async fn reads_go_to_the_replica_and_to_the_primary_where_that_fails() {
    let (primary, replica, empty) = (fresh_database().await, fresh_database().await, fresh_database().await);
    keep(&history(&primary), "2026-11-01T10:00:00Z", &[instance("i-primary", "running")]).await;
    keep(&history(&replica), "2026-11-01T10:00:00Z", &[instance("i-replica", "running")]).await;

    let both = with_replica(&primary, &replica);
    assert_eq!(ids(&both).await, ["i-replica"]);
    keep(&both, "2026-11-01T11:00:00Z", &[instance("i-written", "running")]).await;
    assert_eq!(ids(&history(&primary)).await, ["i-written"], "writes go to the primary");
    assert!(both.status().await.expect("answers").read_replica.is_some_and(|state| state.ends_with(": ok")));

    for (url, why) in [(nobody(), "can't be reached"), (empty, "_sqlx_migrations")] {
        let failing = with_replica(&primary, &url);
        for _ in 0..3 {
            assert_eq!(ids(&failing).await, ["i-written"], "{why}");
        }
        let state = failing.status().await.expect("answers").read_replica.expect("there is one");
        assert!(state.contains(why), "{state}");
    }
    // Once it has every migration, it is used again.
    let behind = fresh_database().await;
    let following = with_replica(&primary, &behind);
    assert_eq!(ids(&following).await, ["i-written"]);
    keep(&history(&behind), "2026-11-01T10:00:00Z", &[instance("i-behind", "running")]).await;
    let mut reads = Vec::new();
    for _ in 0..3 {
        reads.extend(ids(&following).await);
    }
    assert_eq!(reads.last().map(String::as_str), Some("i-behind"), "{reads:?}");
}

#[tokio::test]
async fn a_replica_of_a_newer_version_is_not_read() {
    let (primary, replica) = (fresh_database().await, fresh_database().await);
    keep(&history(&primary), "2026-11-01T10:00:00Z", &[instance("i-primary", "running")]).await;
    keep(&history(&replica), "2026-11-01T10:00:00Z", &[instance("i-replica", "running")]).await;
    run(&replica, "INSERT INTO _sqlx_migrations VALUES (99, 'later', now(), TRUE, 'x', 0)").await;
    let both = with_replica(&primary, &replica);
    assert_eq!(ids(&both).await, ["i-primary"]);
    let state = both.status().await.expect("answers").read_replica.expect("there is one");
    assert!(state.contains("schema version 99"), "{state}");
}

#[tokio::test]
async fn the_accounts_registry_is_never_a_replica_s() {
    let (primary, replica) = (fresh_database().await, fresh_database().await);
    let registered = CloudAccount {
        id: ACCOUNT.to_owned(),
        name: None,
        role_arn: Some(format!("arn:aws:iam::{ACCOUNT}:role/larder")),
        external_id: None,
        regions: vec![],
    };
    history(&replica).put_account(&registered).await.expect("it is put");
    let both = with_replica(&primary, &replica);
    assert_eq!(both.accounts().await.expect("answers"), [], "it was taken out at the primary");
}

#[tokio::test]
async fn a_replica_alone_still_answers() {
    let replica = fresh_database().await;
    keep(&history(&replica), "2026-11-01T10:00:00Z", &[instance("i-replica", "running")]).await;
    assert_eq!(ids(&with_replica(&nobody(), &replica)).await, ["i-replica"]);
}

/// The commands are those of the README.
#[tokio::test]
async fn a_dump_restored_is_the_same_history() {
    let postgres = Postgres::shared().await;
    let url = fresh_database().await;
    let name = url.rsplit('/').next().expect("a name");
    let (original, folder) = (history(&url), tempfile::tempdir().expect("a folder"));
    keep(&original, "2026-11-01T10:00:00Z", &[instance("i-1", "running"), instance("i-2", "running")]).await;
    keep(&original, "2026-11-01T11:00:00Z", &[instance("i-1", "stopped")]).await;
    let rows = [cost("2026-10-02", "A", "1.1"), cost("2019-10-03", "A", "0.000000000000000001")];
    let sync = cost_sync("2026-11-01T00:00:00Z", "2019-10-01", "2026-11-01", &rows);
    original.store_costs(&sync).await.expect("they are kept");

    let file = folder.path().join("history.dump").display().to_string();
    postgres.run("pg_dump", &["--format=custom", "--no-owner", &format!("--file={file}"), name]).expect("it is dumped");
    let restored = fresh_database().await;
    let into = format!("--dbname={}", restored.rsplit('/').next().expect("a name"));
    postgres
        .run("pg_restore", &["--exit-on-error", "--single-transaction", "--no-owner", &into, &file])
        .expect("it is restored");
    let restored = history(&restored);
    assert_eq!(everything(&restored).await, everything(&original).await);
    check_sound(&restored).await;
    keep(&restored, "2035-11-01T11:00:00Z", &[]).await;
    check_sound(&restored).await;
}
