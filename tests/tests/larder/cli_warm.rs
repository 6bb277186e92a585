use larder_app::{Cost, DATA_TYPES};
use larder_standin::{Fault, FaultKind};
use rstest::rstest;
use serde_json::Value;
use tempfile::TempDir;

use crate::cloud::{Cloud, FIRST};
use crate::command::{Told, larder};

async fn kitchen() -> (Cloud, TempDir, Vec<(&'static str, String)>) {
    let (cloud, folder) = (Cloud::start().await, tempfile::tempdir().expect("a folder"));
    let store = format!("sqlite:{}", folder.path().join("cache.sqlite").display());
    let env = cloud.env(FIRST, &[("LARDER_STORE", &store)]);
    (cloud, folder, env)
}

/// What became of each question: data type, region and outcome.
fn outcomes(told: &Told) -> Vec<String> {
    let told = told.json();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let warmed = told["warmed"].as_array().expect("a list").iter();
    warmed.map(|it| [&it["dataType"], &it["region"], &it["outcome"]].map(text).join(" ")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_fetched_and_what_is_fresh_stays() {
    let (cloud, _folder, env) = kitchen().await;
    larder("get ec2-subnets", &env).await.is(0, &["from AWS"]);
    let first = outcomes(&larder("cache warm --json", &env).await);
    // What each call of costs money is fetched for nobody.
    let free = DATA_TYPES.iter().filter(|row| row.cost == Cost::Nothing).count();
    assert_eq!((first.len(), free), (free, DATA_TYPES.len() - 1));
    assert!(first.contains(&"ec2-subnets us-east-1 fresh".to_owned()), "{first:?}");
    assert!(first.contains(&"ec2-instance-profiles - fetched".to_owned()), "{first:?}");
    assert_eq!(first.iter().filter(|it| it.ends_with(" fetched")).count(), free - 1, "{first:?}");

    let asked = cloud.calls();
    let second = larder("cache warm", &env).await;
    second.is(0, &["fresh already"]);
    assert!(!second.stdout.contains("fetched"), "{second:?}");
    larder("get drs-quotas", &env).await.is(0, &["from the store"]);
    assert_eq!(cloud.calls(), asked, "AWS is asked for nothing more");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_past_its_ttl_is_fetched_and_not_only_served() {
    let (cloud, _folder, mut env) = kitchen().await;
    env.push(("LARDER_TTL_EC2_SUBNETS_S", "0".to_owned()));
    env.push(("LARDER_STALE_WHILE_REVALIDATE_EC2_SUBNETS_S", "3600".to_owned()));
    let fetched = async || {
        let told = larder("cache warm --type ec2-subnets --json", &env).await;
        assert_eq!(outcomes(&told), ["ec2-subnets us-east-1 fetched"], "{told:?}");
        cloud.standin.call_count("ec2:DescribeSubnets")
    };
    let first = fetched().await;
    assert_eq!(fetched().await, 2 * first, "all its pages are asked again");
    cloud.standin.fault(Fault::on("ec2:DescribeSubnets", FaultKind::Unavailable));
    larder("cache warm --type ec2-subnets", &env).await.is(3, &["FAILED: STALE", "past its TTL"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_fails_is_named_and_the_others_are_kept() {
    let (cloud, _folder, env) = kitchen().await;
    cloud.standin.fault(Fault::on("ec2:DescribeSubnets", FaultKind::AccessDenied).in_region("us-west-2"));
    let line = "cache warm --type ec2-subnets --type ec2-security-groups --region us-east-1,us-west-2";
    larder(line, &env).await.is(4, &["FAILED: ACCESS_DENIED", "ec2-subnets in us-west-2", "ec2:DescribeSubnets"]);
    let told = larder(&format!("{line} --json"), &env).await;
    let expected = [
        "ec2-subnets us-east-1 fresh",
        "ec2-subnets us-west-2 failed",
        "ec2-security-groups us-east-1 fresh",
        "ec2-security-groups us-west-2 fresh",
    ];
    assert_eq!(outcomes(&told), expected, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_regions_are_those_that_the_account_may_use() {
    let (cloud, _folder, env) = kitchen().await;
    let told = larder("cache warm --type drs-quotas --region all --json", &env).await;
    let mut regions: Vec<_> = cloud.standin.fleet().regions().to_vec();
    regions.sort_unstable();
    let expected: Vec<_> = regions.iter().map(|region| format!("drs-quotas {region} fetched")).collect();
    assert_eq!(outcomes(&told), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn that_all_regions_can_not_be_known_is_said_once_and_what_has_none_is_fetched() {
    let (cloud, _folder, env) = kitchen().await;
    cloud.standin.fault(Fault::on("ec2:DescribeRegions", FaultKind::AccessDenied));
    let line = "cache warm --type ec2-subnets,drs-quotas,ec2-instance-profiles --region all";
    let told = larder(line, &env).await;
    told.is(4, &["ec2:DescribeRegions", "--region all stands for", "--region us-east-1,eu-west-1"]);
    assert_eq!(told.stderr.matches("error: ").count(), 1, "{told:?}");
    let told = larder(&format!("{line} --json"), &env).await;
    assert_eq!(outcomes(&told), ["ec2-regions - failed", "ec2-instance-profiles - fresh"], "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_accounts_are_asked_and_what_is_the_same_for_all_once() {
    let (_cloud, _folder, env) = kitchen().await;
    let line = "cache warm --type ec2-instance-types --type ec2-subnets --account 111122223333,999999999999";
    let told = larder(&format!("{line} --json"), &env).await;
    let expected =
        ["ec2-instance-types us-east-1 fetched", "ec2-subnets us-east-1 fetched", "ec2-subnets us-east-1 failed"];
    assert_eq!(outcomes(&told), expected, "{told:?}");
    let accounts = told.json()["warmed"].as_array().expect("a list").iter().map(|it| it["accountId"].clone()).collect();
    assert_eq!(Value::Array(accounts), serde_json::json!([null, "111122223333", "999999999999"]));
    larder(line, &env).await.is(2, &["ec2-subnets of 999999999999 in us-east-1"]);
}

#[rstest]
#[case("cache warm --type ec2-subnetz", "ec2-subnets")]
#[case("cache warm --region us-east-1,us-esat-1", "Did you mean us-east-1?")]
#[case("cache warm --account 4444", "12 digits")]
#[case("cache warm --store memory", "outlives a process")]
#[tokio::test(flavor = "multi_thread")]
async fn wrong_input_asks_nothing(#[case] line: &str, #[case] right: &str) {
    let (cloud, _folder, env) = kitchen().await;
    larder(line, &env).await.is(2, &[right]);
    assert_eq!(cloud.calls(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_region_or_a_store_nothing_is_asked() {
    let (cloud, _folder, mut env) = kitchen().await;
    larder("cache warm --store sqlite:/proc/none/cache.sqlite", &env)
        .await
        .is(1, &["nothing can be kept", "/proc/none"]);
    env.retain(|(name, _)| *name != "AWS_REGION");
    larder("cache warm", &env).await.is(2, &["--region us-east-1"]);
    let wrong = [env.as_slice(), &[("AWS_REGION", "us-esat-1".to_owned())]].concat();
    let told = larder("cache warm", &wrong).await;
    told.is(2, &["AWS_REGION: ", "Did you mean us-east-1?"]);
    assert_eq!(told.stderr.matches("us-esat-1").count(), 1, "{told:?}");
    assert_eq!(cloud.calls(), 0);
    larder("cache warm --type ec2-instance-profiles", &env).await.is(0, &["fetched"]);
}
