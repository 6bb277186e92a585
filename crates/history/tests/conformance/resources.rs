use jiff::Timestamp;
use larder_history::{FailedSync, HistoryError, Kind, ResourceSync, SyncRecords, What, Which};
use rstest::rstest;
use serde_json::json;

use crate::backends::Database;
use crate::samples::{ACCOUNT, OTHER, REGION, at, check_sound, instance, keep, outcome, resource, sync};

#[rstest]
#[tokio::test]
async fn what_a_sync_told_comes_back_whole(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let odd = resource(
        "i-odd",
        json!({"b": [1, 2.5, -3, null, {"z": true, "a": "ü'\"\\\n💾"}], "a": {}, "n": 18_446_744_073_709_551_615_u64,
               "spelled": r"\u0000 and \\u0000"}),
    );
    let told = [odd, instance("i-1", "running")];
    assert_eq!(history.resources(ACCOUNT, Kind::Instance, None).await.expect("answers"), []);
    assert_eq!(keep(history, "2026-11-01T10:00:00.123456789Z", &told).await, outcome([2, 2, 0, 0]));
    let kept = history.resources(ACCOUNT, Kind::Instance, Some(REGION)).await.expect("answers");
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].region.as_str(), kept[0].as_of), (REGION, at("2026-11-01T10:00:00.123456Z")));
    assert_eq!(kept[0].resources, [told[1].clone(), told[0].clone()]);
    for (account, kind, region) in
        [(OTHER, Kind::Instance, None), (ACCOUNT, Kind::Image, None), (ACCOUNT, Kind::Instance, Some("eu-west-1"))]
    {
        assert_eq!(
            history.resources(account, kind, region).await.expect("answers"),
            [],
            "{account} {kind:?} {region:?}"
        );
    }
    check_sound(history).await;
}

#[rstest]
#[tokio::test]
async fn the_same_sync_twice_changes_nothing_but_the_record(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let told = [instance("i-1", "running"), instance("i-2", "stopped")];
    keep(history, "2026-11-01T10:00:00Z", &told).await;
    let versions = versions(history).await;
    assert_eq!(keep(history, "2026-11-01T10:00:00Z", &told).await, outcome([2, 0, 0, 0]));
    assert_eq!(keep(history, "2026-11-01T11:00:00Z", &told).await, outcome([2, 0, 0, 0]));
    assert_eq!(self::versions(history).await, versions);
    let records = history.syncs(&SyncRecords { limit: 10, ..SyncRecords::default() }).await.expect("answers");
    let outcomes: Vec<_> =
        records.iter().map(|record| (record.as_of, record.result.clone().expect("it succeeded"))).collect();
    let (ten, eleven) = (at("2026-11-01T10:00:00Z"), at("2026-11-01T11:00:00Z"));
    let nothing = outcome([2, 0, 0, 0]);
    assert_eq!(outcomes, [(eleven, nothing), (ten, nothing), (ten, outcome([2, 2, 0, 0]))]);
    let kept = history.resources(ACCOUNT, Kind::Instance, None).await.expect("answers");
    assert_eq!(kept[0].as_of, eleven, "it is as new as the last look");
}

#[rstest]
#[tokio::test]
async fn what_changes_vanishes_and_comes_back_has_a_version_each_time(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let (one, two) = (instance("i-1", "running"), instance("i-2", "running"));
    keep(history, "2026-11-01T10:00:00Z", &[one.clone(), two.clone()]).await;
    let changed = [instance("i-1", "stopped"), two.clone()];
    assert_eq!(keep(history, "2026-11-01T11:00:00Z", &changed).await, outcome([2, 0, 1, 0]));
    assert_eq!(keep(history, "2026-11-01T12:00:00Z", std::slice::from_ref(&two)).await, outcome([1, 0, 0, 1]));
    assert_eq!(keep(history, "2026-11-01T13:00:00Z", std::slice::from_ref(&two)).await, outcome([1, 0, 0, 0]));
    let gone = history.resources(ACCOUNT, Kind::Instance, None).await.expect("answers");
    assert_eq!(gone[0].resources, std::slice::from_ref(&two));
    assert_eq!(keep(history, "2026-11-01T14:00:00Z", &[one.clone(), two]).await, outcome([2, 1, 0, 0]));
    let still = "9999-01-01T00:00:00Z";
    let expected = [
        ("i-1", "2026-11-01T10:00:00Z", "2026-11-01T11:00:00Z", "running"),
        ("i-1", "2026-11-01T11:00:00Z", "2026-11-01T12:00:00Z", "stopped"),
        ("i-1", "2026-11-01T14:00:00Z", still, "running"),
        ("i-2", "2026-11-01T10:00:00Z", still, "running"),
    ];
    let expected: Vec<_> = expected.map(|(id, from, to, state)| [id, from, to, state].map(str::to_owned)).into();
    assert_eq!(versions(history).await, expected);
    check_sound(history).await;
    assert_eq!(keep(history, "2026-11-01T15:00:00Z", &[]).await, outcome([0, 0, 0, 2]));
    let kept = history.resources(ACCOUNT, Kind::Instance, None).await.expect("answers");
    assert_eq!((kept.len(), kept[0].resources.len()), (1, 0), "it is known that there is none");
    check_sound(history).await;
}

#[rstest]
#[tokio::test]
async fn a_sync_older_than_what_is_kept_writes_only_that_it_was_tried(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    keep(history, "2026-11-01T10:00:00Z", &[instance("i-1", "running")]).await;
    let before = versions(history).await;
    for (late, told) in
        [("2026-11-01T09:59:59.999999Z", vec![]), ("2026-11-01T10:00:00Z", vec![instance("i-1", "stopped")])]
    {
        let superseded = keep(history, late, &told).await;
        assert!(superseded.superseded, "{late}");
        assert_eq!(
            (superseded.seen, superseded.added, superseded.changed, superseded.gone),
            (told.len() as u64, 0, 0, 0)
        );
    }
    assert_eq!(versions(history).await, before);
    let kept = history.resources(ACCOUNT, Kind::Instance, None).await.expect("answers");
    assert_eq!((kept[0].as_of, kept[0].resources.len()), (at("2026-11-01T10:00:00Z"), 1));
    let records = history.syncs(&SyncRecords { limit: 9, ..SyncRecords::default() }).await.expect("answers");
    assert_eq!(records.iter().filter(|record| record.result.as_ref().is_ok_and(|did| did.superseded)).count(), 2);
    check_sound(history).await;
}

#[rstest]
#[case::twice(&[("i-1", "running"), ("i-1", "running")])]
#[case::unnamed(&[("", "running")])]
#[case::unkeepable(&[("i-1", "a\0b")])]
#[tokio::test]
async fn what_contradicts_itself_is_refused_whole(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[case] told: &[(&str, &str)],
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let told: Vec<_> = told.iter().map(|(id, state)| instance(id, state)).collect();
    let refused = history.store_resources(&sync("2026-11-01T10:00:00Z", &told)).await;
    assert!(matches!(refused, Err(HistoryError::Invalid(_))), "{refused:?}");
    let records = history.syncs(&SyncRecords { limit: 9, ..SyncRecords::default() }).await.expect("answers");
    assert_eq!((records.len(), versions(history).await.len()), (0, 0));
}

#[rstest]
#[case::in_a_value(json!({"tags": [{"Name": "a\0b"}]}))]
#[case::in_a_name(json!({"tags": {"a\0b": 1}}))]
#[tokio::test]
async fn a_character_that_postgresql_can_not_keep_is_refused_by_both(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
    #[case] attributes: serde_json::Value,
) {
    let backend = database.make().await;
    let told = [resource("i-1", attributes)];
    let refused = backend.history.store_resources(&sync("2026-11-01T10:00:00Z", &told)).await;
    assert!(matches!(&refused, Err(HistoryError::Invalid(why)) if why.contains("code 0")), "{refused:?}");
}

#[rstest]
#[tokio::test]
async fn places_do_not_touch_each_other(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    let told = [instance("i-1", "running")];
    let mine = sync("2026-11-01T10:00:00Z", &told);
    let others = [
        ResourceSync { account: OTHER, ..mine.clone() },
        ResourceSync { region: "eu-west-1", ..mine.clone() },
        ResourceSync { kind: Kind::Snapshot, ..mine.clone() },
    ];
    for place in others.iter().chain([&mine]) {
        assert_eq!(history.store_resources(place).await.expect("it is kept"), outcome([1, 1, 0, 0]));
    }
    keep(history, "2026-11-01T11:00:00Z", &[]).await;
    for place in &others {
        let kept = history.resources(place.account, place.kind, Some(place.region)).await.expect("answers");
        assert_eq!((kept.len(), kept[0].resources.len()), (1, 1), "{place:?}");
    }
    let all = history.resources(ACCOUNT, Kind::Instance, None).await.expect("answers");
    let all: Vec<_> = all.iter().map(|kept| (kept.region.as_str(), kept.resources.len())).collect();
    assert_eq!(all, [("eu-west-1", 1), (REGION, 0)]);
    check_sound(history).await;
}

#[rstest]
#[tokio::test]
async fn a_failure_is_recorded_and_nothing_else(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    keep(history, "2026-11-01T10:00:00Z", &[instance("i-1", "running")]).await;
    let failed = FailedSync {
        account: OTHER,
        region: None,
        what: What::Costs,
        as_of: at("2026-11-01T09:00:00Z"),
        by: "ann",
        code: "ACCESS_DENIED",
        error: "not allowed",
    };
    history.record_failure(&failed).await.expect("it is recorded");
    let records = SyncRecords { which: Which::Failed, limit: 9, ..SyncRecords::default() };
    let records = history.syncs(&records).await.expect("answers");
    assert_eq!(records.len(), 1);
    assert_eq!((records[0].account.as_str(), records[0].what, records[0].by.as_str()), (OTHER, What::Costs, "ann"));
    assert_eq!(records[0].result, Err(("ACCESS_DENIED".to_owned(), "not allowed".to_owned())));
    for (accounts, limit, expected) in
        [(vec![], 9, 2), (vec![], 1, 1), (vec![ACCOUNT], 9, 1), (vec![OTHER], 9, 1), (vec!["0"], 9, 0)]
    {
        let accounts = accounts.into_iter().map(str::to_owned).collect();
        let found = history.syncs(&SyncRecords { accounts, limit, ..SyncRecords::default() }).await.expect("answers");
        assert_eq!(found.len(), expected);
        assert!(found.is_sorted_by_key(|record| std::cmp::Reverse(record.as_of)), "newest first");
    }
}

/// Id, from, to and state of every version, as the export tells them.
async fn versions(history: &dyn larder_history::History) -> Vec<[String; 4]> {
    use futures::TryStreamExt;
    let rows: Vec<_> = history.export("resource_versions").try_collect().await.expect("it is told");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let moment = |value: &serde_json::Value| Timestamp::to_string(&at(&text(value)));
    let version = |row: &serde_json::Map<String, serde_json::Value>| {
        [
            text(&row["resource_id"]),
            moment(&row["valid_from"]),
            moment(&row["valid_to"]),
            text(&row["attributes"]["state"]),
        ]
    };
    rows.iter().map(version).collect()
}
