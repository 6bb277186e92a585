//! `larder sync` and `larder history`: AWS is asked past the cache, what changed is kept, and what is kept can be looked
//! at, exported, copied and put back.

use larder_standin::{Fault, FaultKind};
use serde_json::Value;
use tempfile::TempDir;

use crate::cloud::{Cloud, FIRST};
use crate::command::{Told, larder};

/// The stand-in, a folder with the store and the history, and the variables that name them.
async fn kitchen() -> (Cloud, TempDir, Vec<(&'static str, String)>) {
    let (cloud, folder) = (Cloud::start().await, tempfile::tempdir().expect("a folder"));
    let path = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    let (store, database) = (path("cache.sqlite"), path("history.sqlite"));
    let env = cloud.env(FIRST, &[("LARDER_STORE", &store), ("LARDER_DATABASE", &database)]);
    (cloud, folder, env)
}

/// The sum of a count over the targets.
fn sum(told: &Told, count: &str) -> u64 {
    let told = told.json();
    let outcomes = told["outcomes"].as_array().expect("a list");
    outcomes.iter().map(|outcome| outcome[count].as_u64().expect("it is kept")).sum()
}

fn rows(told: &Told) -> usize {
    told.stdout.lines().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_sync_twice_changes_nothing_and_the_cache_has_what_it_fetched() {
    let (cloud, _folder, env) = kitchen().await;
    let line = "sync --what snapshots,amis --region us-east-1,eu-west-1 --json";
    let first = larder(line, &env).await;
    first.is(0, &[]);
    assert!(sum(&first, "seen") > 0 && sum(&first, "added") == sum(&first, "seen"), "{first:?}");
    let kept = rows(&larder("history export resource_versions", &env).await);
    let second = larder(line, &env).await;
    assert_eq!([sum(&second, "added"), sum(&second, "changed"), sum(&second, "gone")], [0, 0, 0], "{second:?}");
    assert_eq!(sum(&second, "seen"), sum(&first, "seen"));
    assert_eq!(rows(&larder("history export resource_versions", &env).await), kept);

    let asked = cloud.calls();
    larder("get ec2-snapshots --region us-east-1", &env).await.is(0, &["from the store"]);
    assert_eq!(cloud.calls(), asked, "the sync refilled the cache");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_named_and_recorded_and_the_rest_is_kept() {
    let (cloud, _folder, env) = kitchen().await;
    cloud.standin.fault(Fault::on("ec2:DescribeImages", FaultKind::AccessDenied).in_region("us-west-2"));
    let told = larder("sync --what amis --region us-east-1,us-west-2", &env).await;
    told.is(4, &["failed: amis of 111122223333 in us-west-2", "ACCESS_DENIED", "us-east-1"]);
    larder("history status", &env).await.is(0, &["FAILED: ACCESS_DENIED", "cost_data", "this machine"]);
    let kept = larder("history export resources", &env).await;
    assert!(kept.stdout.contains("us-east-1") && !kept.stdout.contains("us-west-2"), "{kept:?}");
    cloud.standin.fault(Fault::on("ec2:DescribeImages", FaultKind::AccessDenied));
    larder("sync --what amis --region us-east-1", &env).await.is(4, &["Nothing could be synced"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn costs_are_asked_for_only_where_they_are_named_and_exported_exactly() {
    let (cloud, _folder, env) = kitchen().await;
    larder("sync --region us-east-1", &env).await.is(0, &["instances"]);
    assert_eq!(cloud.standin.call_count("ce:GetCostAndUsage"), 0, "a page costs money");
    larder("sync --what costs", &env).await.is(0, &["costs"]);
    let csv = larder("history export cost_data --format csv", &env).await;
    let mut lines = csv.stdout.lines();
    assert_eq!(lines.next(), Some("account_id,amortised,currency,day,estimated,service,unblended"));
    let told = larder("get costs --json", &env).await.json();
    let answer: &Value = told.get("costs").map_or(&told["answer"], |_| &told);
    let costs = answer["costs"].as_array().expect("a list");
    assert_eq!(lines.count(), costs.len());
    let line = |cost: &Value| [&cost["day"], &cost["service"]].map(|it| it.as_str().unwrap_or_default().to_owned());
    let digits = |text: &str| text.trim_end_matches('0').trim_end_matches('.').to_owned();
    for cost in costs.iter().take(50) {
        let [day, service] = line(cost);
        let amount = digits(cost["unblended"].as_str().expect("a text"));
        let kept = csv.stdout.lines().find(|line| line.contains(&day) && line.contains(&service)).expect("a row");
        assert_eq!(digits(kept.rsplit(',').next().expect("a cell")), amount, "{day} {service}");
    }
    let movers = larder("history query movers --json", &env).await;
    movers.is(0, &[]);
    assert!(!movers.json()["rows"].as_array().expect("a list").is_empty(), "{movers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_put_back_and_what_it_replaces_is_kept() {
    let (_cloud, folder, env) = kitchen().await;
    let copy = folder.path().join("copy.sqlite").display().to_string();
    larder(&format!("history backup {copy}"), &env).await.is(2, &["there is no history at"]);
    larder("sync --what amis --region us-east-1", &env).await.is(0, &[]);
    larder(&format!("history backup {copy}"), &env).await.is(0, &["copy.sqlite"]);
    let before = larder("history export resources", &env).await.stdout;
    larder("sync --what amis --region eu-west-1", &env).await.is(0, &[]);
    larder(&format!("history restore {copy}"), &env).await.is(0, &["before-restore"]);
    assert_eq!(larder("history export resources", &env).await.stdout, before);
    larder("history verify", &env).await.is(0, &["nothing contradicts itself"]);
    larder("history restore nowhere.sqlite", &env).await.is(1, &["nowhere.sqlite"]);
    assert_eq!(larder("history export resources", &env).await.stdout, before, "nothing was lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_says_what_is_right() {
    let (_cloud, _folder, env) = kitchen().await;
    larder("history status", &env).await.is(0, &["resources"]);
    for (line, told) in [
        ("sync --what instance", "instances, snapshots, amis, costs"),
        ("history prune", "--versions-months"),
        ("history export costs", "cost_data"),
        ("history query mover", "movers"),
        ("history query movers --with months=1", "month="),
        ("history status --database mysql://larder:hunter2@host/db", "postgres://"),
        ("history backup x --database none", "pg_dump"),
    ] {
        let refused = larder(line, &env).await;
        refused.is(2, &[told]);
        assert!(!refused.stderr.contains("hunter2"), "{refused:?}");
    }
    larder("history status --database none", &env).await.is(5, &["no history", "LARDER_DATABASE"]);
}
