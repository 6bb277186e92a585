use std::time::Duration;

use larder_sources::{FailureKind, FetchError};
use rstest::rstest;
use serde_json::json;

use super::*;

const ALL: &str = "/ec2/subnets?region=all";

/// An app of an account that may use these regions, by DescribeRegions.
fn usable(regions: &[&str]) -> TestApp {
    let test = TestApp::new();
    list(&test, regions, &[]);
    test
}

fn list(test: &TestApp, usable: &[&str], others: &[&str]) {
    let of = |regions: &[&str], status| {
        regions.iter().map(|region| json!({"region": region, "optInStatus": status})).collect::<Vec<_>>()
    };
    let listed = [of(usable, "opted-in"), of(others, "not-opted-in")].concat();
    test.aws.answers("ec2-regions", Ok(&json!({"regions": listed}).to_string()));
}

#[rstest]
#[case::of_no_account("", 403)]
#[case::of_another_account("[acct-444455556666]", 403)]
#[case::of_the_own_account("[acct-111122223333]", 200)]
#[case::of_every_account("[acct-all]", 200)]
#[tokio::test]
async fn the_own_accounts_regions_are_only_for_who_may_see_it(#[case] groups: &str, #[case] status: u16) {
    let test = usable(&["us-east-1", "eu-south-1"]);
    let got = get_as(&test, reader(groups), "/ec2/instance-types?region=all").await;
    assert_eq!(got.status.as_u16(), status, "{}", got.json());
    if status == 403 {
        assert_eq!(got.problem(), "FORBIDDEN_ACCOUNT");
        assert!(!got.json().to_string().contains("eu-south-1"), "{}", got.json());
        assert_eq!(test.aws.asked(), 1, "only whose the credentials are was asked");
    }
}

#[tokio::test]
async fn a_region_that_is_younger_than_larder_is_named() {
    let test = usable(&["us-east-1", "ab-new-1"]);
    let got = get(&test, ALL).await;
    let answer = got.json();
    assert_eq!((got.status.as_u16(), &answer["regions"]), (200, &json!({"us-east-1": {}})));
    assert_eq!(answer["failedRegions"].as_array().map(Vec::len), Some(1), "{answer}");
    let failed = &answer["failedRegions"][0];
    assert_eq!((&failed["region"], &failed["code"]), (&json!("ab-new-1"), &json!("UNKNOWN_REGION")));
    assert!(failed["detail"].as_str().is_some_and(|detail| detail.contains("this version of Larder")), "{failed}");
    let status = got.header("cache-status");
    assert!(status.contains("ab-new-1 UNKNOWN_REGION") && !status.contains("fwd-status"), "{status}");
}

#[tokio::test(start_paused = true)]
async fn the_answer_is_as_old_as_what_told_which_regions_there_are() {
    let test = usable(&["us-east-1"]);
    assert_eq!(get(&test, "/ec2/regions").await.status, 200);
    tokio::time::advance(Duration::from_secs(100)).await;
    let got = get(&test, ALL).await;
    assert_eq!(got.header("age"), "100");
    let status = got.header("cache-status");
    assert!(status.contains(r#"detail="regions memory, us-east-1 upstream""#), "{status}");
    let ttl = status.split("ttl=").nth(1).and_then(|rest| rest.split(';').next()).expect("a ttl");
    assert!(ttl.parse::<u32>().is_ok_and(|ttl| ttl <= 3_500), "the shortest is that of the regions: {status}");
    tokio::time::advance(Duration::from_secs(10)).await;
    assert!(get(&test, ALL).await.header("cache-status").starts_with("larder; hit; "));
}

#[tokio::test]
async fn a_first_list_of_regions_is_no_hit() {
    let test = usable(&["us-east-1"]);
    assert_eq!(get(&test, SUBNETS).await.status, 200);
    let got = get(&test, ALL).await;
    let status = got.header("cache-status");
    assert!(status.starts_with("larder; fwd=miss; stored; "), "{status}");
    assert!(status.contains(r#"detail="regions upstream, us-east-1 memory""#), "{status}");
}

#[tokio::test]
async fn the_tag_is_another_when_the_list_of_regions_is() {
    let test = usable(&["us-east-1"]);
    let first = get(&test, ALL).await;
    list(&test, &["us-east-1"], &["eu-south-1"]);
    let cleared = invalidate(&test, r#"{"dataType":"ec2-regions"}"#).await;
    assert_eq!(cleared.status, 200);
    let second = get(&test, ALL).await;
    assert_eq!(second.body, first.body);
    assert_ne!(second.header("etag"), first.header("etag"));
}

#[tokio::test(start_paused = true)]
async fn an_old_list_of_regions_says_why_it_stands_in() {
    let test = usable(&["us-east-1"]);
    assert_eq!(get(&test, ALL).await.status, 200);
    tokio::time::advance(Duration::from_secs(2 * 3_600)).await;
    let failure = FetchError::new(FailureKind::Unavailable, "ec2:DescribeRegions", "down");
    test.aws.answers("ec2-regions", Err(failure));
    let got = get(&test, ALL).await;
    assert_eq!(got.status, 200);
    let status = got.header("cache-status");
    assert!(status.contains("regions stale-if-error; memory; ec2:DescribeRegions UPSTREAM_UNAVAILABLE"), "{status}");
    assert!(status.contains("; ttl=-"), "{status}");
    assert!(got.header("age").parse::<u32>().is_ok_and(|age| age >= 7_200), "{}", got.header("age"));
}
