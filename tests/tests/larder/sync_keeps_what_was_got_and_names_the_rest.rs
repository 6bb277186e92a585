use larder_standin::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::synced::{World, post};

const TWO: &str = "us-east-1,us-west-2";

fn total(report: &Value, field: &str) -> u64 {
    report["outcomes"].as_array().expect("outcomes").iter().map(|it| it[field].as_u64().expect("a number")).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_sync_twice_changes_nothing() {
    let world = World::start().await;
    let door = world.serve(&world.sqlite()).await;
    let path = format!("/snapshots/api/accounts/{}/sync?region={TWO}", world.own());
    let first = post(&door, &path).await.json();
    assert!(total(&first, "added") > 0 && total(&first, "added") == total(&first, "seen"), "{first}");
    let again = post(&door, &path).await.json();
    for field in ["added", "changed", "gone"] {
        assert_eq!(total(&again, field), 0, "{field}: {again}");
    }
    assert_eq!(again["synced"], first["synced"]);
    assert_eq!(door.get("/history/syncs").await.json()["syncs"].as_array().map(Vec::len), Some(8));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_fails_is_named_and_recorded_and_the_other_is_kept() {
    let world = World::start().await;
    let door = world.serve(&world.sqlite()).await;
    world.cloud.standin.fault(Fault::on("ec2:DescribeInstances", FaultKind::AccessDenied).in_region("us-west-2"));
    let reply = post(&door, &world.sync_instances(TWO)).await;
    let report = reply.json();
    assert_eq!((reply.status, &report["success"], total(&report, "seen") > 0), (200, &json!(false), true), "{report}");
    let failed = &report["failedRegions"][0];
    assert_eq!(
        (&failed["region"], &failed["kind"], &failed["code"]),
        (&json!("us-west-2"), &json!("instances"), &json!("ACCESS_DENIED"))
    );
    let records = door.get("/history/syncs?failed=true").await.json();
    let records = records["syncs"].as_array().expect("records");
    assert_eq!(
        (records.len(), &records[0]["region"], &records[0]["code"]),
        (1, &json!("us-west-2"), &json!("ACCESS_DENIED"))
    );
    world.cloud.standin.clear_faults();
    world.cloud.standin.fault(Fault::on("ec2:DescribeInstances", FaultKind::AccessDenied));
    let nothing = post(&door, &world.sync_instances(TWO)).await;
    assert_eq!((nothing.status, nothing.code().as_str()), (403, "ACCESS_DENIED"), "nothing is no success");
    let kept = door.get(&world.instances("us-east-1")).await;
    assert_eq!(kept.code(), "ACCESS_DENIED", "what was kept does not stand in for what is refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_goes_past_the_cache_and_fills_it() {
    let world = World::start().await;
    let door = world.serve(&world.sqlite()).await;
    let path = world.instances("us-east-1");
    door.get(&path).await;
    let before = world.cloud.standin.call_count("ec2:DescribeInstances");
    assert_eq!(post(&door, &world.sync_instances("us-east-1")).await.status, 200);
    let after = world.cloud.standin.call_count("ec2:DescribeInstances");
    assert!(after > before, "AWS was not asked");
    let told = door.get(&path).await.json();
    assert_eq!(
        (&told["regions"][0]["source"], world.cloud.standin.call_count("ec2:DescribeInstances")),
        (&json!("memory"), after)
    );
}
