use std::time::Duration;

use larder_history::{ResourceSync, SqliteHistory};
use larder_sources::{FailureKind, FetchError};
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::problem::Problem;
use crate::test_app::{OWN, TestApp, history_in_memory};
use crate::{Directives, Principal};

const DENIED: FailureKind = FailureKind::AccessDenied;

fn failure(kind: FailureKind) -> FetchError {
    FetchError::new(kind, "ec2:DescribeInstances", "no")
}

/// An app with a history that has an instance in each of these regions, of an account that may use two.
async fn test(kept: &[&str]) -> TestApp {
    let history = SqliteHistory::in_memory().await.expect("a history");
    for region in kept {
        let attributes = json!({"instanceId": format!("i-{region}"), "state": "running"});
        let Value::Object(attributes) = attributes else { unreachable!() };
        let resources = [larder_history::Resource { id: format!("i-{region}"), attributes }];
        let sync = ResourceSync {
            account: OWN,
            region,
            kind: larder_history::Kind::Instance,
            as_of: "2026-11-01T00:00:00Z".parse().expect("a moment"),
            by: "a test",
            resources: &resources,
        };
        larder_history::History::store_resources(&history, &sync).await.expect("kept");
    }
    let test = TestApp::over(history_in_memory(history), |_| {});
    let regions = ["eu-west-1", "us-east-1"].map(|region| json!({"region": region, "optInStatus": "opted-in"}));
    test.aws.answers("ec2-regions", Ok(&json!({ "regions": regions }).to_string()));
    test.aws.answers("ec2-instances", Ok(r#"{"instances":[{"instanceId":"i-2"},{"instanceId":"i-1"}]}"#));
    test
}

async fn ask(test: &TestApp, region: Option<&str>) -> Result<Value, Problem> {
    let asked = AskedInventory { kind: &INVENTORY[0], account: OWN, region };
    let answer = test.app.inventory().ask(&Principal::local(), &asked, &Directives::default()).await?;
    let body = answer.body(&InventoryPage::default(), |_, _| String::new())?;
    Ok(serde_json::from_slice(&body).expect("JSON"))
}

#[tokio::test]
async fn each_resource_says_its_region_and_each_region_its_source() {
    let told = ask(&test(&[]).await, None).await.expect("told");
    let ids: Vec<_> =
        told["instances"].as_array().expect("a list").iter().map(|it| (&it["region"], &it["instanceId"])).collect();
    assert_eq!(
        json!(ids),
        json!([["eu-west-1", "i-1"], ["eu-west-1", "i-2"], ["us-east-1", "i-1"], ["us-east-1", "i-2"]])
    );
    assert_eq!((&told["count"], &told["source"], &told["failedRegions"]), (&json!(4), &json!("cache"), &json!([])));
    assert_eq!((&told["regions"][0]["source"], &told["regions"][0]["stale"]), (&json!("upstream"), &json!(false)));
}

#[rstest]
#[case(FailureKind::Unavailable)]
#[case(FailureKind::Throttled)]
#[case(FailureKind::Timeout)]
#[case(FailureKind::Malformed)]
#[tokio::test]
async fn a_region_that_aws_fails_for_is_told_from_the_history_with_its_age(#[case] kind: FailureKind) {
    let test = test(&["us-east-1"]).await;
    test.aws.answers_in("us-east-1", "ec2-instances", Err(failure(kind)));
    let told = ask(&test, None).await.expect("told");
    assert_eq!((&told["source"], &told["failedRegions"], &told["count"]), (&json!("mixed"), &json!([]), &json!(3)));
    let region = &told["regions"][1];
    assert_eq!(
        (&region["region"], &region["source"], &region["stale"]),
        (&json!("us-east-1"), &json!("history"), &json!(true))
    );
    assert_eq!(region["asOf"], "2026-11-01T00:00:00Z");
    assert!(region["code"].as_str().is_some_and(|code| code.starts_with("UPSTREAM_")), "{region}");
    assert_eq!(told["instances"][2]["instanceId"], "i-us-east-1");
}

#[rstest]
#[case(DENIED, "ACCESS_DENIED")]
#[case(FailureKind::Credentials, "AWS_CREDENTIALS")]
#[case(FailureKind::Rejected { code: "OptInRequired".to_owned() }, "UPSTREAM_REJECTED")]
#[tokio::test]
async fn what_aws_refuses_is_never_told_from_the_history(#[case] kind: FailureKind, #[case] code: &str) {
    let test = test(&["us-east-1", "eu-west-1"]).await;
    test.aws.answers_in("us-east-1", "ec2-instances", Err(failure(kind.clone())));
    let told = ask(&test, None).await.expect("told");
    assert_eq!((&told["source"], told["regions"].as_array().map(Vec::len)), (&json!("cache"), Some(1)));
    assert_eq!(
        (&told["failedRegions"][0]["region"], &told["failedRegions"][0]["code"]),
        (&json!("us-east-1"), &json!(code))
    );
    test.aws.answers_in("eu-west-1", "ec2-instances", Err(failure(kind)));
    test.app.invalidation().invalidate(&Principal::local(), &Default::default()).await.expect("invalidated");
    assert_eq!(ask(&test, None).await.expect_err("both refused").code().name(), code);
    assert_eq!(ask(&test, Some("us-east-1")).await.expect_err("refused").code().name(), code);
}

#[tokio::test]
async fn a_region_that_was_never_synced_has_failed() {
    let test = test(&["us-east-1"]).await;
    test.aws.answers("ec2-instances", Err(failure(FailureKind::Unavailable)));
    let told = ask(&test, None).await.expect("told");
    assert_eq!((&told["source"], &told["failedRegions"][0]["region"]), (&json!("history"), &json!("eu-west-1")));
    let refused = ask(&test, Some("eu-west-1")).await.expect_err("nobody knows");
    assert_eq!(refused.code().name(), "UPSTREAM_UNAVAILABLE");
}

#[tokio::test]
async fn where_not_even_the_regions_can_be_told_it_is_all_that_the_history_has() {
    let test = test(&["us-east-1", "ap-south-1"]).await;
    test.aws.answers("ec2-regions", Err(failure(FailureKind::Unavailable)));
    let told = ask(&test, None).await.expect("told");
    let regions: Vec<_> = told["regions"].as_array().expect("a list").iter().map(|it| it["region"].clone()).collect();
    assert_eq!((json!(regions), &told["source"]), (json!(["ap-south-1", "us-east-1"]), &json!("history")));
}

#[tokio::test]
async fn pages_go_through_regions_and_lose_nothing() {
    let test = test(&[]).await;
    let asked = AskedInventory { kind: &INVENTORY[0], account: OWN, region: None };
    let answer = test.app.inventory().ask(&Principal::local(), &asked, &Directives::default()).await.expect("told");
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = InventoryPage { after, limit: Some(3) };
        let body = answer.body(&page, |region, id| format!("{region}/{id}")).expect("a page");
        let page: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(page["count"], 4);
        let items = page["instances"].as_array().expect("a list");
        seen.extend(items.iter().map(|it| format!("{}/{}", it["region"], it["instanceId"]).replace('"', "")));
        let Some(next) = page["nextCursor"].as_str() else { break };
        after = next.split_once('/').map(|(region, id)| (region.to_owned(), id.to_owned()));
    }
    assert_eq!(seen, ["eu-west-1/i-1", "eu-west-1/i-2", "us-east-1/i-1", "us-east-1/i-2"]);
}

#[tokio::test]
async fn what_is_told_is_tagged_as_long_as_nothing_is_missing() {
    let test = test(&[]).await;
    let asked = AskedInventory { kind: &INVENTORY[0], account: OWN, region: None };
    let tag = async || {
        let answer = test.app.inventory().ask(&Principal::local(), &asked, &Directives::default()).await;
        answer.expect("told").etag()
    };
    let first = tag().await.expect("a tag");
    assert_eq!(tag().await.as_ref(), Some(&first));
    test.aws.answers("ec2-instances", Ok(r#"{"instances":[{"instanceId":"i-1"}]}"#));
    test.app.invalidation().invalidate(&Principal::local(), &Default::default()).await.expect("invalidated");
    assert_ne!(tag().await.expect("a tag"), first);
    test.aws.answers_in("us-east-1", "ec2-instances", Err(failure(DENIED)));
    test.app.invalidation().invalidate(&Principal::local(), &Default::default()).await.expect("invalidated");
    assert_eq!(tag().await, None);
}

/// The tag of what is told of one region, however old it may be at most.
async fn tag_of(test: &TestApp, max_age: Option<Duration>) -> String {
    let asked = AskedInventory { kind: &INVENTORY[0], account: OWN, region: Some("us-east-1") };
    let directives = Directives { max_age, ..Directives::default() };
    let answer = test.app.inventory().ask(&Principal::local(), &asked, &directives).await;
    answer.expect("told").etag().expect("a tag")
}

#[tokio::test(start_paused = true)]
async fn the_tag_tells_of_when_the_same_resources_are_and_not_how_long_ago_that_is() {
    let test = TestApp::new();
    test.aws.answers("ec2-instances", Ok(r#"{"instances":[{"instanceId":"i-1"}]}"#));
    let first = tag_of(&test, None).await;
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_eq!(tag_of(&test, None).await, first);
    let newer = tag_of(&test, Some(Duration::ZERO)).await;
    assert_ne!(newer, first, "AWS told them anew");
    tokio::time::sleep(Duration::from_mins(10)).await;
    test.aws.answers("ec2-instances", Err(failure(FailureKind::Unavailable)));
    let stale = tag_of(&test, None).await;
    assert_ne!(stale, newer, "AWS fails to tell them now");
    test.aws.answers("ec2-instances", Err(failure(FailureKind::Throttled)));
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_ne!(tag_of(&test, None).await, stale, "AWS fails in another way now");
}

#[tokio::test]
async fn the_tag_of_what_the_history_tells_is_another_for_another_cause() {
    let test = test(&["us-east-1"]).await;
    let mut tags = Vec::new();
    for kind in [FailureKind::Unavailable, FailureKind::Unavailable, FailureKind::Throttled] {
        test.aws.answers("ec2-instances", Err(failure(kind)));
        test.app.invalidation().invalidate(&Principal::local(), &Default::default()).await.expect("invalidated");
        tags.push(tag_of(&test, None).await);
    }
    assert_eq!(tags[0], tags[1]);
    assert_ne!(tags[1], tags[2]);
}
