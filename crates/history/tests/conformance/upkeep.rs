use futures::TryStreamExt;
use larder_history::{Finding, History, HistoryError, Pruned, Retention};
use rstest::rstest;
use serde_json::{Map, Value, json};

use crate::backends::{Database, run};
use crate::samples::{ACCOUNT, at, check_sound, cost, cost_sync, instance, keep};

async fn exported(history: &dyn History, table: &str) -> Vec<Map<String, Value>> {
    history.export(table).try_collect().await.expect("it is told")
}

#[rstest]
#[tokio::test]
async fn retention_deletes_what_ended_before_and_nothing_that_is_current(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    // i-old is as it was years ago; i-changed changed then and now; i-gone is gone since long.
    let first = [instance("i-old", "running"), instance("i-changed", "running"), instance("i-gone", "running")];
    keep(history, "2020-01-31T23:59:59Z", &first).await;
    let second = [instance("i-old", "running"), instance("i-changed", "stopped")];
    keep(history, "2020-02-01T00:00:00Z", &second).await;
    let third = [instance("i-old", "running"), instance("i-changed", "running")];
    keep(history, "2026-10-01T00:00:00Z", &third).await;
    let rows = [cost("2020-01-31", "A", "1"), cost("2026-09-30", "A", "2"), cost("2026-10-01", "A", "4")];
    history.store_costs(&cost_sync("2026-11-01T00:00:00Z", "2020-01-01", "2026-11-01", &rows)).await.expect("kept");

    let now = at("2026-11-20T00:00:00Z");
    let nothing = history.maintain(Retention::default(), now).await.expect("there is nothing to do");
    assert_eq!(nothing, Pruned::default());
    assert_eq!(exported(history, "cost_data").await.len(), 3, "without a retention all is kept for ever");

    let retention = Retention { versions_months: Some(1), costs_months: Some(1) };
    let expected = Pruned { versions: 2, costs: 2, syncs: 2 };
    assert_eq!(history.prunable(retention, now).await.expect("it is counted"), expected);
    assert_eq!(exported(history, "resource_versions").await.len(), 5, "counting deletes nothing");
    assert_eq!(history.maintain(retention, now).await.expect("it is pruned"), expected);
    assert_eq!(history.maintain(retention, now).await.expect("it is pruned"), Pruned::default());
    check_sound(history).await;

    let column =
        |rows: Vec<Map<String, Value>>, name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(column(exported(history, "resources").await, "resource_id"), ["i-changed", "i-old"]);
    let versions = exported(history, "resource_versions").await;
    assert_eq!(
        column(versions, "valid_from"),
        ["2020-02-01T00:00:00Z", "2026-10-01T00:00:00Z", "2020-01-31T23:59:59Z"]
    );
    assert_eq!(column(exported(history, "cost_data").await, "day"), ["2026-10-01"]);
    assert_eq!(exported(history, "sync_history").await.len(), 2);

    // A late row for a month that is gone is kept like any other.
    let late = [cost("2020-01-15", "A", "1")];
    history
        .store_costs(&cost_sync("2026-11-21T00:00:00Z", "2020-01-01", "2020-02-01", &late))
        .await
        .expect("it is kept");
    keep(history, "2026-11-21T00:00:00Z", &[]).await;
    check_sound(history).await;
}

#[rstest]
#[tokio::test]
async fn an_export_has_every_row_in_the_order_of_its_key(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let many: Vec<_> = (0..3_000).rev().map(|number| instance(&format!("i-{number:04}"), "running")).collect();
    keep(history, "2026-11-01T10:00:00Z", &many).await;
    let rows = [cost("2026-10-02", "b", "0.0000001"), cost("2026-10-02", "B", "-1"), cost("2026-10-01", "z", "0")];
    history.store_costs(&cost_sync("2026-11-01T00:00:00Z", "2026-10-01", "2026-11-01", &rows)).await.expect("kept");
    let resources = exported(history, "resources").await;
    assert_eq!(resources.len(), 3_000);
    assert!(resources.is_sorted_by_key(|row| row["resource_id"].as_str().map(str::to_owned)));
    assert_eq!(resources[7]["attributes"]["tags"], json!({"Name": "i-0007"}));
    let costs = exported(history, "cost_data").await;
    let told: Vec<_> =
        costs.iter().map(|row| (row["day"].clone(), row["service"].clone(), row["unblended"].clone())).collect();
    let expected = [("2026-10-01", "z", "0"), ("2026-10-02", "B", "-1"), ("2026-10-02", "b", "0.0000001")];
    assert_eq!(told, expected.map(|(day, service, amount)| (json!(day), json!(service), json!(amount))));
    let mut first = history.export("resource_versions");
    assert!(first.try_next().await.expect("it is told").is_some(), "and the rest is not waited for");
    drop(first);
    for table in ["cloud_accounts", "sync_history"] {
        exported(history, table).await;
    }
    let unknown = history.export("cost_month; DROP TABLE resources").try_next().await;
    assert!(matches!(&unknown, Err(HistoryError::Invalid(why)) if why.contains("resource_versions")), "{unknown:?}");
}

#[rstest]
#[tokio::test]
async fn the_status_tells_what_it_holds(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    keep(history, "2026-11-01T10:00:00Z", &[instance("i-1", "running")]).await;
    let rows = [cost("2026-10-02", "A", "1"), cost("2031-01-01", "A", "1")];
    history.store_costs(&cost_sync("2026-11-01T00:00:00Z", "2026-10-01", "2031-02-01", &rows)).await.expect("kept");
    let status = history.status().await.expect("answers");
    let (name, schema_version, partitioned) = match database {
        Database::Sqlite => ("SQLite 3.", 2, false),
        Database::Postgres => ("PostgreSQL 1", 1, true),
    };
    assert!(status.database.starts_with(name), "{}", status.database);
    assert_eq!((status.schema_version, status.read_replica), (schema_version, None));
    assert!(status.size > 10_000, "{}", status.size);
    let rows: Vec<_> = status.tables.iter().map(|table| (table.name.as_str(), table.rows)).collect();
    let expected =
        [("cloud_accounts", 0), ("cost_data", 2), ("resource_versions", 1), ("resources", 1), ("sync_history", 2)];
    assert_eq!(rows, expected);
    assert_eq!(status.tables[1].span, Some((at("2026-10-01T00:00:00Z"), at("2031-02-01T00:00:00Z"))));
    assert_eq!(status.tables[2].span, Some((at("2026-11-01T10:00:00Z"), at("2026-11-01T10:00:00Z"))));
    let partition = "cost_data_2031_01".to_owned();
    assert_eq!(status.tables[1].partitions.contains(&partition), partitioned);
}

#[rstest]
#[case::changed_attributes("UPDATE resources SET attributes = '{}'", &["resources"])]
#[case::changed_version("UPDATE resource_versions SET attributes = '{\"a\": 1}'", &["resources", "resource_versions"])]
#[case::lost_version("DELETE FROM resource_versions WHERE resource_id = 'i-1'", &["resources"])]
#[case::closed_version("UPDATE resource_versions SET valid_to = (SELECT max(valid_to) FROM resource_versions WHERE state = 'gone')
    WHERE resource_id = 'i-1'", &["resources"])]
#[case::not_gone("UPDATE resources SET gone_at = NULL", &["resources"])]
#[case::overlap("UPDATE resource_versions SET valid_to = (SELECT max(valid_to) FROM resource_versions)
    WHERE resource_id = 'i-2'", &["resource_versions"])]
#[case::lost_day("DELETE FROM cost_data WHERE service = 'A'", &["cost_month"])]
#[case::lost_month("DELETE FROM cost_month WHERE service = 'A'", &["cost_month"])]
#[case::other_currency("UPDATE cost_data SET currency = 'EUR'", &["cost_month"])]
#[case::unasked_day("DELETE FROM cost_spans", &["cost_data"])]
#[case::unknown_sync("DELETE FROM sync_state", &["resources"])]
#[case::gone_with_a_current_version("UPDATE resources SET gone_at = (SELECT max(as_of) FROM sync_state WHERE what <> 'costs')
    WHERE resource_id = 'i-1'", &["resources", "resource_versions"])]
#[case::version_after_the_current_one("UPDATE resources SET since = (SELECT min(first_as_of) FROM sync_state WHERE what <> 'costs')
    WHERE resource_id = 'i-2'", &["resource_versions"])]
#[case::version_without_a_digest("UPDATE resource_versions SET digest = 'x' WHERE resource_id = 'i-2' AND state = 'running'",
    &["resource_versions"])]
#[case::overlapping_spans("INSERT INTO cost_spans VALUES ('111122223333', '2026-10-05', '2026-10-07')", &["cost_spans"])]
#[case::touching_spans("INSERT INTO cost_spans VALUES ('111122223333', '2026-11-01', '2026-11-02')", &["cost_spans"])]
#[tokio::test]
async fn what_contradicts_itself_is_found(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[case] damage: &'static str,
    #[case] tables: &[&str],
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let first = [instance("i-1", "running"), instance("i-2", "running"), instance("i-3", "gone")];
    keep(history, "2026-11-01T10:00:00Z", &first).await;
    let second = [instance("i-1", "running"), instance("i-2", "stopped")];
    keep(history, "2026-11-01T11:00:00Z", &second).await;
    let rows = [cost("2026-10-02", "A", "1.1"), cost("2026-10-03", "A", "2"), cost("2026-10-03", "B", "2")];
    history.store_costs(&cost_sync("2026-11-01T00:00:00Z", "2026-10-01", "2026-11-01", &rows)).await.expect("kept");
    check_sound(history).await;
    run(&backend.url, damage).await;
    let findings = history.verify().await.expect("it can be verified");
    assert!(!findings.is_empty(), "{damage}");
    for table in tables {
        let found = |finding: &&Finding| finding.table == *table && finding.what.contains(ACCOUNT);
        assert!(findings.iter().any(|finding| found(&finding)), "{damage}: {table}: {findings:#?}");
    }
}
