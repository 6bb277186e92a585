use larder_sources::{FailureKind, FetchError};
use serde_json::json;

use super::*;

const TWO: &str = "/ec2/subnets?region=us-west-2,us-east-1";
const ALL: &str = "/ec2/subnets?region=all";
const EAST: &str = r#"{"subnets":[{"subnetId":"subnet-east"}]}"#;
const WEST: &str = r#"{"subnets":[{"subnetId":"subnet-west"}]}"#;
/// What the account may use, and what not.
const REGIONS: &str = r#"{"regions":[{"region":"eu-south-1","optInStatus":"not-opted-in"},
    {"region":"us-east-1","optInStatus":"opt-in-not-required"},{"region":"us-west-2","optInStatus":"opted-in"}]}"#;

fn two_regions() -> TestApp {
    let test = TestApp::new();
    test.aws.answers_in("us-east-1", "ec2-subnets", Ok(EAST));
    test.aws.answers_in("us-west-2", "ec2-subnets", Ok(WEST));
    test.aws.answers("ec2-regions", Ok(REGIONS));
    test
}

fn failing(kind: FailureKind) -> FetchError {
    FetchError::new(kind, "ec2:DescribeSubnets", "no")
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[tokio::test]
async fn several_regions_are_answered_by_region() {
    let test = two_regions();
    let got = get(&test, TWO).await;
    let regions = json!({"us-east-1": json_of(EAST), "us-west-2": json_of(WEST)});
    assert_eq!(got.json(), json!({"regions": regions, "failedRegions": []}));
    let status = got.header("cache-status");
    assert!(status.starts_with("larder; fwd=miss; stored; ttl="), "{status}");
    assert!(status.ends_with(r#"detail="us-east-1 upstream, us-west-2 upstream""#), "{status}");
    let again = get(&test, TWO).await;
    assert_eq!((&again.body, again.header("etag")), (&got.body, got.header("etag")));
    assert!(again.header("cache-status").starts_with("larder; hit; ttl="), "{}", again.header("cache-status"));
    let known = get_with(&test, TWO, &[("if-none-match", got.header("etag"))]).await;
    assert_eq!((known.status.as_u16(), known.body.len()), (304, 0));
}

#[tokio::test]
async fn each_region_is_its_own_entry() {
    let test = two_regions();
    get(&test, TWO).await;
    let asked = test.aws.asked();
    let east = get_with(&test, SUBNETS, &[("cache-control", "only-if-cached")]).await;
    assert_eq!(east.body, EAST.as_bytes(), "one region alone is answered plainly, from what several left");
    assert_eq!(test.aws.asked(), asked + 1, "only whose the credentials are was asked");
    let entries = get(&test, "/cache/entries?dataType=ec2-subnets").await.json();
    assert_eq!(entries["entries"].as_array().map(Vec::len), Some(2), "{entries}");
    let hit_and_miss = get(&test, "/ec2/subnets?region=us-east-1,eu-west-1").await;
    let status = hit_and_miss.header("cache-status");
    assert!(status.contains("fwd=miss") && status.contains("eu-west-1 upstream, us-east-1 memory"), "{status}");
}

#[tokio::test]
async fn all_means_the_regions_that_the_account_may_use() {
    let test = two_regions();
    let got = get(&test, ALL).await.json();
    let answered: Vec<_> = got["regions"].as_object().expect("by region").keys().cloned().collect();
    assert_eq!(answered, ["us-east-1", "us-west-2"]);
}

#[tokio::test]
async fn all_means_only_regions_that_have_the_service() {
    let test = TestApp::new();
    let (with, without) = ("us-east-1", "me-west-1");
    let row = larder_sources::data_type("drs-quotas").expect("a row");
    let region = |name| larder_sources::Region::parse(name).expect("a region");
    assert!(row.is_in(region(with)) && !row.is_in(region(without)), "the service is everywhere: choose another region");
    let both = [with, without].map(|name| json!({"region": name, "optInStatus": "opted-in"}));
    test.aws.answers("ec2-regions", Ok(&json!({"regions": both}).to_string()));
    let got = get(&test, "/drs/quotas?region=all").await.json();
    assert_eq!(got, json!({"regions": {with: {}}, "failedRegions": []}));
}

#[tokio::test]
async fn without_the_list_of_regions_all_is_no_answer() {
    let test = two_regions();
    let denied = FetchError::new(FailureKind::AccessDenied, "ec2:DescribeRegions", "no");
    test.aws.answers("ec2-regions", Err(denied));
    let got = get(&test, ALL).await;
    assert_eq!((got.problem().as_str(), &got.json()["action"]), ("ACCESS_DENIED", &json!("ec2:DescribeRegions")));
}

#[tokio::test]
async fn a_region_that_fails_is_named_beside_those_that_do_not() {
    let test = two_regions();
    test.aws.answers_in("us-west-2", "ec2-subnets", Err(failing(FailureKind::AccessDenied)));
    let got = get(&test, TWO).await;
    assert_eq!(got.status, 200);
    assert_eq!(got.json()["regions"], json!({"us-east-1": json_of(EAST)}));
    let failed = &got.json()["failedRegions"][0];
    let told = ["region", "code", "status", "operation"].map(|member| failed[member].clone());
    let expected = [json!("us-west-2"), json!("ACCESS_DENIED"), json!(403), json!("ec2:DescribeSubnets")];
    assert_eq!(told, expected);
    assert_eq!(got.header("etag"), "", "an answer with a part missing has no tag");
    let status = got.header("cache-status");
    assert!(status.contains("us-west-2 ec2:DescribeSubnets ACCESS_DENIED"), "{status}");
    let asked = test.aws.asked();
    let east = get_with(&test, SUBNETS, &[("cache-control", "only-if-cached")]).await;
    assert_eq!((east.status.as_u16(), test.aws.asked()), (200, asked + 1), "the good region is cached");
}

#[tokio::test]
async fn where_every_region_fails_the_answer_is_a_failure() {
    let test = two_regions();
    for region in ["us-east-1", "us-west-2"] {
        test.aws.answers_in(region, "ec2-subnets", Err(failing(FailureKind::Throttled)));
    }
    let got = get(&test, TWO).await;
    assert_eq!((got.status.as_u16(), got.problem().as_str()), (503, "UPSTREAM_THROTTLED"));
    assert_eq!(got.header("retry-after"), "2");
    assert_eq!(got.json()["failedRegions"].as_array().map(Vec::len), Some(2));

    let test = two_regions();
    test.aws.answers_in("us-east-1", "ec2-subnets", Err(failing(FailureKind::Throttled)));
    test.aws.answers_in("us-west-2", "ec2-subnets", Err(failing(FailureKind::AccessDenied)));
    let got = get(&test, TWO).await;
    assert_eq!((got.status.as_u16(), got.problem().as_str()), (502, "EVERY_REGION_FAILED"));
}

#[tokio::test]
async fn a_region_named_twice_counts_once() {
    let test = two_regions();
    let one = get(&test, "/ec2/subnets?region=us-east-1,us-east-1").await;
    assert_eq!(one.body, EAST.as_bytes());
}

#[tokio::test]
async fn one_wrong_region_refuses_the_whole() {
    let test = two_regions();
    for regions in
        ["us-east-1,mars-1", "us-east-1,", ",", "all,us-east-1", "us-east-1,all", "ALL", "us-east-1;us-west-2"]
    {
        let got = get(&test, &format!("/ec2/subnets?region={regions}")).await;
        assert_eq!((got.status.as_u16(), got.problem().as_str()), (400, "UNKNOWN_REGION"), "{regions}");
    }
    assert_eq!(test.aws.asked(), 0);
}

#[tokio::test]
async fn an_answer_by_region_has_no_pages() {
    let test = two_regions();
    for uri in [TWO, ALL] {
        for (part, code) in [("limit=5", "INVALID_LIMIT"), ("cursor=YWZ0ZXI6YQ", "INVALID_CURSOR")] {
            assert_eq!(get(&test, &format!("{uri}&{part}")).await.problem(), code, "{uri}");
        }
    }
    assert_eq!(test.aws.asked(), 0);
}
