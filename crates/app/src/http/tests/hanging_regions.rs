use std::time::Duration;

use larder_sources::{AccountId, Region};
use serde_json::json;

use super::*;
use crate::test_app::OWN;

/// By name, so in the order in which they are asked.
const REGIONS: [&str; 7] =
    ["ap-south-1", "eu-central-1", "eu-west-1", "sa-east-1", "us-east-1", "us-west-1", "us-west-2"];
const LAST: &str = REGIONS[REGIONS.len() - 1];

/// So many places for the regions, and an account that nobody has to ask for.
fn places(places: usize) -> TestApp {
    TestApp::with(|configuration| {
        configuration.region_concurrency = places;
        configuration.own_account = AccountId::parse(OWN);
    })
}

fn all_of_them() -> String {
    assert!(REGIONS.is_sorted() && REGIONS.iter().all(|region| Region::parse(region).is_some()));
    format!("/ec2/subnets?region={}", REGIONS.join(","))
}

#[tokio::test(start_paused = true)]
async fn regions_that_hang_fail_no_other() {
    for side_by_side in [1, 2, 5] {
        let test = places(side_by_side);
        test.aws.takes(Duration::from_secs(1));
        for region in &REGIONS[..REGIONS.len() - 1] {
            test.aws.hangs_in(region, "ec2-subnets");
        }
        let got = get(&test, &all_of_them()).await;
        assert_eq!((got.status.as_u16(), &got.json()["regions"]), (200, &json!({LAST: {}})), "{side_by_side}");
        assert_eq!(got.json()["failedRegions"].as_array().map(Vec::len), Some(REGIONS.len() - 1));
        assert_eq!(test.aws.asked(), REGIONS.len(), "each was asked");
    }
}

#[tokio::test(start_paused = true)]
async fn a_region_that_is_slower_than_its_share_is_answered_all_the_same() {
    let test = places(1);
    test.aws.takes(Duration::from_secs(10));
    let got = get(&test, &all_of_them()).await;
    assert_eq!((got.status.as_u16(), &got.json()["regions"][REGIONS[0]]), (200, &json!({})), "{}", got.json());
}

#[tokio::test(start_paused = true)]
async fn regions_that_hang_are_told_by_the_whole_time_of_the_question() {
    let test = places(1);
    for region in REGIONS {
        test.aws.hangs_in(region, "ec2-subnets");
    }
    let got = get(&test, &all_of_them()).await;
    assert_eq!((got.status.as_u16(), got.problem().as_str()), (504, "DEADLINE"));
    for failed in got.json()["failedRegions"].as_array().expect("a list") {
        let detail = failed["detail"].as_str().expect("a detail");
        assert!(detail.contains("within 25000 ms"), "the question's whole time is told: {detail}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_more_regions_are_asked_side_by_side_than_are_configured() {
    for side_by_side in [1, 2, 5] {
        let test = places(side_by_side);
        for region in REGIONS {
            test.aws.hangs_in(region, "ec2-subnets");
        }
        let uri = all_of_them();
        let soon = tokio::time::timeout(Duration::from_secs(1), get(&test, &uri)).await;
        assert!(soon.is_err(), "all of them hang");
        assert_eq!(test.aws.asked(), side_by_side);
    }
}
