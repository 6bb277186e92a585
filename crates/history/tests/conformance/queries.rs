use jiff::Timestamp;
use larder_history::{CountOfInstances, Dimension, History, Kind, ResourceSync, Retention};
use rstest::rstest;
use serde_json::json;

use crate::backends::Database;
use crate::samples::{ACCOUNT, OTHER, at, check_sound, instance, keep, resource, sync};

async fn counts(history: &dyn History, by: Dimension, moments: &[&str]) -> Vec<(String, Option<String>, u64)> {
    let moments: Vec<Timestamp> = moments.iter().map(|moment| at(moment)).collect();
    let counted = history.instances_over_time(&[ACCOUNT.to_owned()], by, &moments).await.expect("answers");
    let told = |CountOfInstances { at, value, count }| (at.to_string(), value, count);
    counted.into_iter().map(told).collect()
}

fn told(rows: &[(&str, Option<&str>, u64)]) -> Vec<(String, Option<String>, u64)> {
    rows.iter().map(|(at, value, count)| ((*at).to_owned(), value.map(str::to_owned), *count)).collect()
}

#[rstest]
#[tokio::test]
async fn instances_are_counted_at_any_moment_and_before_the_first_sync_nothing_is_known(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let moments = [
        "2026-10-01T09:00:00Z",
        "2026-10-01T10:00:00Z",
        "2026-10-01T11:30:00Z",
        "2026-11-01T00:00:00Z",
        "2026-12-01T00:00:00Z",
    ];
    assert_eq!(counts(history, Dimension::State, &moments).await, []);
    keep(history, moments[1], &[instance("i-1", "running"), instance("i-2", "running"), resource("i-3", json!({}))])
        .await;
    keep(history, "2026-10-01T11:00:00Z", &[instance("i-1", "stopped"), instance("i-2", "running")]).await;
    keep(history, "2026-10-31T11:00:00Z", &[]).await;
    // What another account or kind has is not counted.
    let others = [instance("i-9", "running")];
    let other = ResourceSync { account: OTHER, ..sync("2026-09-01T00:00:00Z", &others) };
    history.store_resources(&other).await.expect("it is kept");
    history.store_resources(&ResourceSync { kind: Kind::Image, account: ACCOUNT, ..other }).await.expect("it is kept");

    let expected = [
        (moments[1], None, 1),
        (moments[1], Some("running"), 2),
        (moments[2], Some("running"), 1),
        (moments[2], Some("stopped"), 1),
        (moments[3], None, 0),
        (moments[4], None, 0),
    ];
    assert_eq!(counts(history, Dimension::State, &moments).await, told(&expected));
    let expected = [(moments[1], None, 1), (moments[1], Some("m7g.large"), 2), (moments[2], Some("m7g.large"), 2)];
    assert_eq!(counts(history, Dimension::InstanceType, &moments[..3]).await, told(&expected));
    let expected = [(moments[1], Some("us-east-1"), 3), (moments[2], Some("us-east-1"), 2)];
    assert_eq!(counts(history, Dimension::Region, &moments[..3]).await, told(&expected));

    // What ended in October is deleted: of that month, too little is known to count.
    let retention = Retention { versions_months: Some(0), costs_months: None };
    history.maintain(retention, at("2026-11-15T00:00:00Z")).await.expect("it is pruned");
    assert_eq!(
        counts(history, Dimension::State, &moments).await,
        told(&[(moments[3], None, 0), (moments[4], None, 0)])
    );
    check_sound(history).await;
}

#[rstest]
#[tokio::test]
async fn an_instance_is_stopped_since_aws_said_or_a_sync_first_found_it_so(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let said = resource("i-said", json!({"state": "stopped", "name": "db", "stoppedAt": "2026-01-02T03:04:05Z"}));
    let found = |tag: &str| resource("i-found", json!({"state": "stopped", "tags": {"a": tag}}));
    let running = resource("i-found", json!({"state": "running"}));
    keep(history, "2026-11-01T10:00:00Z", &[said.clone(), running.clone()]).await;
    keep(history, "2026-11-01T11:00:00Z", &[said.clone(), found("one")]).await;
    keep(history, "2026-11-01T12:00:00Z", &[said.clone(), found("two")]).await;
    let stopped = history.stopped_instances(&[]).await.expect("answers");
    let since: Vec<_> = stopped.iter().map(|of| (of.instance_id.as_str(), of.stopped_since, of.told_by_aws)).collect();
    let expected = [("i-said", at("2026-01-02T03:04:05Z"), true), ("i-found", at("2026-11-01T11:00:00Z"), false)];
    assert_eq!(since, expected);
    assert_eq!((stopped[0].name.as_deref(), stopped[1].name.as_deref()), (Some("db"), None));
    assert_eq!(history.stopped_instances(&[OTHER.to_owned()]).await.expect("answers"), []);
    keep(history, "2026-11-01T13:00:00Z", std::slice::from_ref(&running)).await;
    keep(history, "2026-11-01T14:00:00Z", &[found("two")]).await;
    let again = history.stopped_instances(&[ACCOUNT.to_owned()]).await.expect("answers");
    let again: Vec<_> = again.iter().map(|of| (of.instance_id.as_str(), of.stopped_since)).collect();
    assert_eq!(again, [("i-found", at("2026-11-01T14:00:00Z"))], "and i-said is gone");
}

#[rstest]
#[tokio::test]
async fn snapshots_whose_volume_is_no_more_come_oldest_first(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let told = [
        resource(
            "snap-new",
            json!({"volumeExists": false, "volumeId": "vol-1", "volumeSize": 8, "startTime": "2026-03-01T00:00:00Z"}),
        ),
        resource("snap-old", json!({"volumeExists": false, "volumeId": null, "startTime": "2025-03-01T00:00:00Z"})),
        resource("snap-undated", json!({"volumeExists": false})),
        resource("snap-kept", json!({"volumeExists": true})),
        resource("snap-unknown", json!({"volumeExists": null})),
    ];
    let sync = ResourceSync { kind: Kind::Snapshot, ..sync("2026-11-01T10:00:00Z", &told) };
    history.store_resources(&sync).await.expect("they are kept");
    let found = history.snapshots_without_volume(&[ACCOUNT.to_owned()]).await.expect("answers");
    let ids: Vec<_> = found.iter().map(|of| of.snapshot_id.as_str()).collect();
    assert_eq!(ids, ["snap-old", "snap-new", "snap-undated"]);
    assert_eq!((found[1].volume_id.as_deref(), found[1].volume_size), (Some("vol-1"), Some(8)));
    let later = ResourceSync { as_of: at("2026-11-01T11:00:00Z"), resources: &told[2..], ..sync };
    history.store_resources(&later).await.expect("they are kept");
    let ids: Vec<_> =
        history.snapshots_without_volume(&[]).await.expect("answers").into_iter().map(|of| of.snapshot_id).collect();
    assert_eq!(ids, ["snap-undated"], "what is gone itself is not told");
}
