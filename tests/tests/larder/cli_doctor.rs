use larder_standin::{Fault, FaultKind};
use larder_tests::DynamoDbLocal;
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cloud::{Cloud, FIRST, SECOND, table};
use crate::command::{Told, larder};

/// A cloud whose second account is registered with that external id, and the environment of who asks.
struct Practice {
    cloud: Cloud,
    env: Vec<(&'static str, String)>,
    _folder: TempDir,
}

impl Practice {
    async fn new(external_id: &str) -> Self {
        let cloud = Cloud::start().await;
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let role = cloud.account(SECOND).role_arn();
        let text = format!(
            "[[accounts]]\naccount_id = \"444455556666\"\nname = \"staging\"\nrole_arn = \"{role}\"\nexternal_id = \"{external_id}\"\n"
        );
        std::fs::write(path("larder.toml"), text).expect("written");
        let store = format!("sqlite:{}", path("cache.sqlite"));
        let env = cloud.env(FIRST, &[("LARDER_CONFIG", &path("larder.toml")), ("LARDER_STORE", &store)]);
        Self { cloud, env, _folder: folder }
    }

    async fn asks(&self, line: &str) -> Told {
        larder(line, &self.env).await
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.env.retain(|(known, _)| *known != name);
        self.env.push((name, value.to_owned()));
    }
}

/// The lines of the report about that data type, one for each account.
fn lines<'a>(told: &'a Told, data_type: &str) -> Vec<Vec<&'a str>> {
    let rows = told.stdout.lines().map(|line| line.trim_matches(['│', ' ']));
    let words = |line: &'a str| line.split("   ").map(str::trim).filter(|word| !word.is_empty()).collect::<Vec<_>>();
    rows.filter(|line| line.starts_with(data_type)).map(words).collect()
}

fn findings(told: &Told, severity: &str) -> Vec<String> {
    let found = told.json();
    let found = found["findings"].as_array().expect("a list").iter().filter(|it| it["severity"] == severity);
    found.map(Value::to_string).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_setup_is_said_to_be_so_and_nothing_of_it_is_kept() {
    let practice = Practice::new("larder-6666").await;
    let told = practice.asks("doctor").await;
    told.is(0, &["arn:aws:iam::111122223333:user/larder", "LARDER_CONFIG", ": ok", "444455556666 (staging)"]);
    let of_both = ["drs-quotas", "ok", "not initialised", "ok", "ok", "ok"];
    assert_eq!(lines(&told, "drs-quotas"), [of_both, of_both], "{told:?}");
    assert_eq!(lines(&told, "ec2-instance-types").len(), 1, "what is the same for all is asked once");
    assert!(!told.stdout.contains("DENIED") && !told.stdout.contains("FAILED"), "{told:?}");
    let kept = practice.asks("cache status --json").await.json();
    assert_eq!(kept["dataTypes"], json!({}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_action_an_uninitialised_region_and_a_wrong_role_are_said_to_be_exactly_that() {
    let practice = Practice::new("larder-0000").await;
    practice.cloud.standin.fault(Fault::on("ec2:DescribeSubnets", FaultKind::AccessDenied).in_region("us-west-2"));
    let told = practice.asks("doctor").await;
    told.is(
        4,
        &[
            "account 444455556666 (staging): can't be asked",
            "111122223333: ec2:DescribeSubnets is denied in us-west-2, needed for ec2-subnets",
            "Allow ec2:DescribeSubnets to arn:aws:iam::111122223333:user/larder: larder iam-policy --type ec2-subnets",
            "role arn:aws:iam::444455556666:role/larder-read",
            "does not exist",
            "trust policy names arn:aws:iam::111122223333:user/larder",
            "DRS is not initialised in eu-central-1",
            "drs-quotas and drs-source-servers",
        ],
    );
    assert_eq!(lines(&told, "ec2-subnets"), [["ec2-subnets", "ok", "ok", "ok", "ok", "DENIED"]], "{told:?}");
    let order: Vec<_> = ["DENIED ", "note "].iter().map(|word| told.stdout.rfind(word)).collect();
    assert!(order[0] < order[1], "the worst come first: {told:?}");

    let json = practice.asks("doctor --json").await;
    assert_eq!((json.code, findings(&json, "denied").len(), findings(&json, "note").len()), (4, 2, 1), "{json:?}");
    let accounts = json.json()["accounts"].clone();
    assert_eq!((&accounts[0]["assumable"], &accounts[1]["assumable"]), (&json!(true), &json!(false)));
    let answers = accounts[0]["answers"].as_array().expect("a list").clone();
    let of = |data_type: &str, region: &str| {
        let found = answers.iter().find(|it| it["dataType"] == data_type && it["region"] == region);
        found.unwrap_or_else(|| panic!("{data_type} in {region}: {answers:?}")).clone()
    };
    assert_eq!(of("drs-quotas", "eu-central-1")["outcome"], "not-initialized");
    assert_eq!(of("ec2-subnets", "us-east-1")["outcome"], "allowed");
    let denied = of("ec2-subnets", "us-west-2");
    assert_eq!((&denied["outcome"], &denied["problem"]["action"]), (&json!("denied"), &json!("ec2:DescribeSubnets")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_offered_or_not_enabled_is_not_asked() {
    let practice = Practice::new("larder-6666").await;
    let line = "doctor --type drs-quotas --type ec2-subnets --account 111122223333 --region cn-north-1,us-east-1 --region af-south-1";
    let told = practice.asks(line).await;
    told.is(0, &["not enabled", "Leave it out"]);
    assert_eq!(lines(&told, "drs-quotas"), [["drs-quotas", "not enabled", "not offered", "ok"]], "{told:?}");
    assert_eq!(lines(&told, "ec2-subnets"), [["ec2-subnets", "not enabled", "not enabled", "ok"]], "{told:?}");
    assert!(practice.cloud.standin.calls().keys().all(|call| call.region == "us-east-1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_list_of_regions_the_configured_one_is_asked_and_that_is_said() {
    let practice = Practice::new("larder-6666").await;
    practice.cloud.standin.fault(Fault::on("ec2:DescribeRegions", FaultKind::AccessDenied));
    let told = practice.asks("doctor --type ec2-subnets --account 111122223333").await;
    told.is(4, &["only us-east-1 was asked", "ec2:DescribeRegions is denied", "--type ec2-regions"]);
    assert_eq!(lines(&told, "ec2-subnets"), [["ec2-subnets", "ok"]], "{told:?}");
}

#[rstest]
#[case(FaultKind::Throttled, "THROTTLED", "Try again in a minute")]
#[case(FaultKind::Unavailable, "UNREACHABLE", "Look at the network")]
#[case(FaultKind::Truncated, "MALFORMED", "changes what AWS says")]
#[tokio::test(flavor = "multi_thread")]
async fn a_failing_aws_is_told_from_a_denying_one(#[case] kind: FaultKind, #[case] word: &str, #[case] advice: &str) {
    let practice = Practice::new("larder-6666").await;
    practice.cloud.standin.fault(Fault::on("ec2:DescribeSubnets", kind));
    let told = practice.asks("doctor --type ec2-subnets --region us-east-1 --account 111122223333").await;
    told.is(3, &[word, advice, "ec2:DescribeSubnets"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_logged_in_is_told_how_and_nothing_else_is_asked() {
    let mut practice = Practice::new("larder-6666").await;
    practice.cloud.standin.fault(Fault::on("sts:GetCallerIdentity", FaultKind::ExpiredToken));
    practice.asks("doctor").await.is(4, &["aws sso login"]);
    practice.set("AWS_ACCESS_KEY_ID", "");
    practice.set("AWS_SECRET_ACCESS_KEY", "");
    practice.asks("doctor").await.is(4, &["aws sso login", "no credentials found"]);
    assert_eq!(practice.cloud.calls(), 0);
    practice.set("AWS_ACCESS_KEY_ID", "any");
    practice.set("AWS_SECRET_ACCESS_KEY", "any");
    practice.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    practice.asks("doctor").await.is(3, &["AWS_ENDPOINT_URL"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_identity_is_told_with_what_to_do() {
    let practice = Practice::new("larder-6666").await;
    practice.cloud.standin.fault(Fault::on("sts:GetCallerIdentity", FaultKind::AccessDenied));
    practice.asks("doctor").await.is(4, &["sts:GetCallerIdentity", "service control policies", "LARDER_ACCOUNT_ID"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_is_not_enabled_is_no_matter_of_the_login_alone() {
    let practice = Practice::new("larder-6666").await;
    let line = "doctor --type ec2-subnets,drs-quotas --account 111122223333 --region af-south-1";
    practice.asks(line).await.is(4, &["nothing was asked there: af-south-1", "aws account enable-region"]);
    for data_type in ["ec2-subnets", "drs-quotas"] {
        let told = practice.asks(&format!("get {data_type} --region af-south-1")).await;
        told.is(4, &["aws sso login", "good in other regions", "not enabled for the account"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_environment_says_is_told_and_checked() {
    let mut practice = Practice::new("larder-6666").await;
    practice.set("AWS_PROFILE", "practice");
    practice.asks("doctor --type ec2-regions").await.is(0, &["profile     practice"]);
    practice.set("AWS_REGION", "us-esat-1");
    let line = "doctor --type ec2-regions --account 111122223333";
    practice.asks(line).await.is(2, &["WRONG", "AWS_REGION: ", "Did you mean us-east-1?", "Correct AWS_REGION"]);
    let told = practice.asks(&format!("{line} --json")).await;
    assert_eq!((findings(&told, "misconfigured").len(), told.code), (1, 2), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_of_another_account_than_the_configured_one_are_found_out() {
    let mut practice = Practice::new("larder-6666").await;
    practice.set("LARDER_ACCOUNT_ID", "999999999999");
    practice.asks("doctor --type ec2-regions").await.is(4, &["111122223333", "999999999999", "LARDER_ACCOUNT_ID"]);
    let told = practice.asks("get ec2-subnets --region us-east-1").await;
    told.is(2, &["999999999999", "LARDER_ACCOUNT_ID"]);
    assert!(!told.stderr.contains("accounts add"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_can_not_be_used_is_named_with_what_to_do() {
    let mut practice = Practice::new("larder-6666").await;
    let (table, endpoint) = table().await;
    practice.set("AWS_ENDPOINT_URL_DYNAMODB", endpoint);
    let line = "doctor --type ec2-regions --store";
    practice.asks(&format!("{line} dynamodb:{table}")).await.is(0, &[": ok"]);
    let table_items = DynamoDbLocal::shared().await.client().scan().table_name(&table).send().await.expect("read");
    assert_eq!(table_items.count(), 1, "the epoch item is all that is left behind: {table_items:?}");
    practice
        .asks(&format!("{line} dynamodb:there-is-none"))
        .await
        .is(1, &["there-is-none", "Deploy the table", "FAILED", "larder iam-policy --table there-is-none"]);
    practice.asks(&format!("{line} sqlite:/proc/none/cache.sqlite")).await.is(1, &["/proc/none", "can't be used"]);
    practice.set("LARDER_CACHE_DISABLED", "true");
    let told = practice.asks("doctor --type ec2-regions").await;
    told.is(0, &["none: switched off"]);
    assert!(!told.stdout.contains(": ok"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accounts_table_that_can_not_be_read_leaves_the_own_account_and_those_of_the_file() {
    let mut practice = Practice::new("larder-6666").await;
    practice.set("AWS_ENDPOINT_URL_DYNAMODB", DynamoDbLocal::shared().await.endpoint_url());
    practice.set("ACCOUNTS_TABLE_NAME", "there-is-none");
    let told = practice.asks("doctor --type ec2-subnets --region us-east-1").await;
    told.is(3, &["dynamodb:Scan", "ACCOUNTS_TABLE_NAME", "there-is-none", "its accounts are missing"]);
    assert_eq!(lines(&told, "ec2-subnets"), [["ec2-subnets", "ok"]; 2], "{told:?}");
}

#[rstest]
#[case("doctor --type ec2-subnetz", "ec2-subnets")]
#[case("doctor --region us-esat-1", "Did you mean us-east-1?")]
#[case("doctor --account 4444", "12 digits")]
#[case("doctor --account 999999999999", "accounts add 999999999999")]
#[tokio::test(flavor = "multi_thread")]
async fn wrong_input_is_told_what_is_right(#[case] line: &str, #[case] right: &str) {
    let practice = Practice::new("larder-6666").await;
    practice.asks(line).await.is(2, &[right]);
    assert_eq!(practice.cloud.calls(), 0);
}
