use larder_standin::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::synced::{World, post};

const TWO: &str = "us-east-1,us-west-2";

/// Where each region's answer is from, by region.
fn sources(told: &Value) -> Vec<(String, String)> {
    let regions = told["regions"].as_array().expect("regions").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    regions.map(|region| (text(&region["region"]), text(&region["source"]))).collect()
}

fn pair(region: &str, source: &str) -> (String, String) {
    (region.to_owned(), source.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_knows_nothing_yet_tells_what_was_kept_and_how_old_it_is() {
    let world = World::start().await;
    let fresh = {
        let door = world.serve(&world.sqlite()).await;
        let synced = post(&door, &world.sync_instances(TWO)).await;
        assert_eq!((synced.status, &synced.json()["success"]), (200, &json!(true)), "{synced:?}");
        door.get(&world.instances(TWO)).await.json()
    };
    assert!(fresh["count"].as_u64().is_some_and(|count| count > 0), "{fresh}");
    world.aws.cut();
    let door = world.serve(&world.sqlite()).await;
    let reply = door.get(&world.instances(TWO)).await;
    let told = reply.json();
    assert_eq!((reply.status, &told["source"]), (200, &json!("history")), "{told}");
    assert_eq!((&told["instances"], &told["count"]), (&fresh["instances"], &fresh["count"]));
    for region in told["regions"].as_array().expect("regions") {
        assert_eq!((&region["code"], &region["stale"]), (&json!("UPSTREAM_UNAVAILABLE"), &json!(true)));
        assert!(region["asOf"].is_string() && region["ageSeconds"].is_u64(), "{region}");
    }
    assert_eq!(reply.headers["age"], told["ageSeconds"].to_string());
    let unknown = door.get(&world.instances("eu-west-1")).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (503, "UPSTREAM_UNAVAILABLE"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_region_that_fails_is_told_from_the_history_and_one_that_is_refused_is_not() {
    let world = World::start().await;
    let door = world.serve(&world.sqlite()).await;
    assert_eq!(post(&door, &world.sync_instances(TWO)).await.status, 200);
    let refused = [
        (FaultKind::Throttled, json!([]), vec![pair("us-east-1", "upstream"), pair("us-west-2", "history")]),
        (FaultKind::AccessDenied, json!("ACCESS_DENIED"), vec![pair("us-east-1", "upstream")]),
        (FaultKind::ExpiredToken, json!("AWS_CREDENTIALS"), vec![pair("us-east-1", "upstream")]),
    ];
    for (kind, failed, expected) in refused {
        world.cloud.standin.clear_faults();
        world.cloud.standin.fault(Fault::on("ec2:DescribeInstances", kind).in_region("us-west-2"));
        assert_eq!(door.invalidate("{}").await.status, 200);
        let told = door.get(&world.instances(TWO)).await.json();
        assert_eq!(sources(&told), expected, "{kind:?}: {told}");
        if failed.is_string() {
            assert_eq!(told["failedRegions"][0]["code"], failed);
        } else {
            assert_eq!((&told["failedRegions"], &told["source"]), (&failed, &json!("mixed")));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn costs_are_told_from_the_history_and_earlier_ones_are_unknown() {
    let world = World::start().await;
    let all = "/api/cost-data?granularity=month&groupBy=account";
    let fresh = {
        let door = world.serve(&world.sqlite()).await;
        let path = format!("/api/cost-data/sync?accountId={}", world.own());
        assert_eq!(post(&door, &path).await.status, 200);
        door.get(&format!("{all}&accountId={}", world.own())).await.json()
    };
    assert!(fresh["total"].is_string(), "{fresh}");
    world.aws.cut();
    let door = world.serve(&world.sqlite()).await;
    let told = door.get(&format!("{all}&accountId={}", world.own())).await.json();
    assert_eq!((&told["source"], &told["data"], &told["total"]), (&json!("history"), &fresh["data"], &fresh["total"]));
    assert_eq!(told["accounts"][0]["code"], "UPSTREAM_UNAVAILABLE");
    let longer = format!("/api/cost-data?from=2020-01-01&to=2020-01-03&accountId={}", world.own());
    let unknown = door.get(&longer).await.json();
    assert_eq!((&unknown["data"], &unknown["total"]), (&json!([]), &json!(null)));
    assert_eq!(unknown["incomplete"], json!(["2020-01-01", "2020-01-02"]));
}
