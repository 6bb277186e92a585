use std::path::Path;

use aws_sdk_dynamodb::types::AttributeValue;
use larder_standin::{Fault, FaultKind};
use larder_tests::{DynamoDbLocal, create_accounts_table};
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cloud::{Cloud, FIRST};
use crate::command::{Told, larder};

const ADD: &str = "accounts add 444455556666 --name staging --role-arn arn:aws:iam::444455556666:role/larder-read \
                   --external-id larder-6666 --region us-east-1";
const SUBNETS: &str = "get ec2-subnets --region us-east-1 --account 444455556666 --json";

/// A cloud, and a folder with the person's configuration and cache.
struct Desk {
    cloud: Cloud,
    folder: TempDir,
}

impl Desk {
    async fn new() -> Self {
        Self { cloud: Cloud::start().await, folder: tempfile::tempdir().expect("a folder") }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn env(&self, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        let store = format!("sqlite:{}", self.path("cache.sqlite"));
        let mut all = vec![("LARDER_CONFIG", self.path("larder.toml")), ("LARDER_STORE", store)];
        all.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let borrowed: Vec<_> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.cloud.env(FIRST, &borrowed)
    }

    fn write_file(&self, text: &str) {
        std::fs::write(self.path("larder.toml"), text).expect("written");
    }

    fn file(&self) -> String {
        std::fs::read_to_string(self.path("larder.toml")).expect("it is there")
    }
}

/// The ids that `accounts list --json` tells, each with where it is registered.
fn places(told: &Told) -> Value {
    let listed = told.json();
    let accounts = listed["accounts"].as_array().expect("a list").iter();
    accounts.map(|account| json!([account["accountId"], account["registeredIn"]])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_the_file_is_asked_until_it_is_removed() {
    let desk = Desk::new().await;
    desk.write_file("# The team's.\nregion_concurrency = 3 # few\n");
    let env = desk.env(&[]);
    larder(SUBNETS, &env).await.is(2, &["444455556666"]);
    larder("get drs-accounts --json", &env).await.is(0, &["111122223333"]);

    larder(ADD, &env).await.is(0, &["444455556666 was added to", "larder.toml", "drs-accounts"]);
    assert!(
        desk.file().starts_with("# The team's.\nregion_concurrency = 3 # few\n\n[[accounts]]\n"),
        "{}",
        desk.file()
    );
    larder("get drs-accounts --json", &env).await.is(0, &["staging"]);
    larder(SUBNETS, &env).await.is(0, &["subnetId"]);

    let people = larder("accounts list", &env).await;
    people.is(0, &["role/larder-read", "us-east-1", "file", "own", "2 accounts"]);
    assert!(!people.stdout.contains("larder-6666"), "{people:?}");
    let programs = larder("accounts list --json", &env).await;
    assert_eq!(places(&programs), json!([["111122223333", ["own"]], ["444455556666", ["file"]]]));
    programs.is(0, &["larder-6666"]);

    larder("accounts remove 444455556666", &env).await.is(0, &["removed from", "everything of 444455556666"]);
    assert_eq!(desk.file(), "# The team's.\nregion_concurrency = 3 # few\n");
    // Its subnets were kept a moment ago.
    larder(SUBNETS, &env).await.is(2, &["444455556666"]);
    larder("accounts remove 444455556666", &env).await.is(5, &["is not registered in"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_role_makes_what_was_kept_old_and_another_name_does_not() {
    let desk = Desk::new().await;
    let env = desk.env(&[]);
    larder(ADD, &env).await.is(0, &["The file was not there and was made"]);
    let again = larder(ADD, &env).await;
    assert!(!again.stdout.contains("was made"), "{again:?}");
    assert!(Path::new(&desk.path("larder.toml")).is_file(), "the file is made where there is none");
    larder(SUBNETS, &env).await.is(0, &[]);
    let asked = desk.cloud.calls();
    larder(&ADD.replace("staging", "tests"), &env).await.is(0, &["was replaced in"]);
    larder(SUBNETS, &env).await.is(0, &["subnetId"]);
    assert_eq!(desk.cloud.calls(), asked, "it is still kept");
    larder(&ADD.replace("larder-6666", "larder-0000"), &env).await.is(0, &["everything of 444455556666"]);
    larder(SUBNETS, &env).await.is(4, &["sts:AssumeRole"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_accounts_table_is_used_where_one_is_configured() {
    let desk = Desk::new().await;
    desk.write_file("");
    let dynamodb = DynamoDbLocal::shared().await;
    let name = "larder-accounts-of-the-program";
    create_accounts_table(&dynamodb.client(), name).await.expect("the table is made");
    let env = desk.env(&[("ACCOUNTS_TABLE_NAME", name), ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.endpoint_url())]);

    larder(ADD, &env).await.is(0, &["was added to the accounts table larder-accounts-of-the-program"]);
    larder(SUBNETS, &env).await.is(0, &["subnetId"]);
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let put = dynamodb.client().put_item().table_name(name).item("accountId", text("999999999999"));
    put.item("roleArn", text("arn:aws:iam::444455556666:role/larder-read")).send().await.expect("written");
    larder("accounts list", &env).await.is(0, &["table", "in the registry: account 999999999999", "another account"]);

    // Nobody would read it there.
    let database = format!("sqlite:{}", desk.path("history.sqlite"));
    let refused = larder(&format!("{ADD} --database {database}"), &env).await;
    refused.is(2, &["the accounts table larder-accounts-of-the-program is configured", "--in table"]);

    // What the file says counts more, so nobody may think that the table was enough.
    desk.write_file("[[accounts]]\naccount_id = \"444455556666\"\n");
    larder(ADD, &env).await.is(2, &["larder.toml", "counts more", "--in file"]);
    let listed = larder("accounts list --json", &env).await;
    assert_eq!(places(&listed), json!([["111122223333", ["own"]], ["444455556666", ["file", "table"]]]));
    larder("accounts remove 444455556666", &env).await.is(0, &["removed from the accounts table"]);
    larder("accounts remove 444455556666", &env).await.is(5, &["larder.toml", "--in file"]);
    larder("accounts remove 444455556666 --in file", &env).await.is(0, &["larder.toml"]);
    larder("accounts remove 444455556666 --in file", &env).await.is(5, &["--in table"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_can_not_be_used_is_named_with_what_to_do() {
    let desk = Desk::new().await;
    desk.write_file("");
    let endpoint = DynamoDbLocal::shared().await.endpoint_url();
    let env = desk.env(&[("ACCOUNTS_TABLE_NAME", "there-is-none"), ("AWS_ENDPOINT_URL_DYNAMODB", endpoint)]);
    let advice = "ACCOUNTS_TABLE_NAME must name a table";
    for line in ["accounts list", "accounts check", ADD, "accounts remove 444455556666"] {
        larder(line, &env).await.is(3, &["accounts table there-is-none", advice]);
    }
    larder("accounts remove 444455556666", &env).await.is(3, &["dynamodb:DeleteItem on it"]);
    larder(SUBNETS, &env).await.is(3, &["accounts table there-is-none (ACCOUNTS_TABLE_NAME)"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_change_stands_where_the_store_can_not_be_told() {
    let desk = Desk::new().await;
    let dynamodb = DynamoDbLocal::shared().await;
    let more = [("LARDER_STORE", "dynamodb:there-is-none"), ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.endpoint_url())];
    larder(ADD, &desk.env(&more))
        .await
        .is(1, &["the change stands", "dynamodb:there-is-none", ". When the store is", "larder cache clear"]);
    assert!(desk.file().contains("444455556666"), "{}", desk.file());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_tells_of_each_role_whether_it_can_be_assumed_and_what_to_do() {
    let desk = Desk::new().await;
    let env = desk.env(&[]);
    larder(ADD, &env).await.is(0, &[]);
    larder("accounts check", &env).await.is(0, &["444455556666", "yes"]);

    desk.cloud.standin.fault(Fault::on("sts:AssumeRole", FaultKind::Unavailable));
    larder("accounts check 444455556666", &env).await.is(3, &["AWS failed", "STS can't be reached"]);
    larder("accounts check 111122223333", &env).await.is(0, &["yes"]);
    desk.cloud.standin.clear_faults();
    desk.cloud.standin.fault(Fault::on("sts:AssumeRole", FaultKind::ExpiredToken));
    larder("accounts check", &env).await.is(4, &["aws sso login"]);
    desk.cloud.standin.clear_faults();

    larder(&ADD.replace("larder-6666", "larder-0000"), &env).await.is(0, &[]);
    let told = larder("accounts check", &env).await;
    told.is(
        4,
        &["NO: denied", "does not exist", "does not trust us", "external id", "arn:aws:iam::111122223333:user/larder"],
    );
    assert!(!told.stdout.contains("larder-0000"), "{told:?}");
    let told = larder("accounts check --json", &env).await.json();
    let assumable: Vec<_> = told["accounts"].as_array().expect("a list").iter().map(|it| &it["assumable"]).collect();
    assert_eq!(assumable, [true, false]);
    larder("accounts check 999999999999", &env).await.is(2, &["999999999999", "accounts add"]);
}

#[rstest]
#[case("accounts add 4444", "12 digits")]
#[case("accounts add 444455556666 --role-arn larder-read", "arn:aws:iam::444455556666:role/larder-read")]
#[case("accounts add 444455556666 --role-arn arn:aws:iam::111122223333:role/x", "another account")]
#[case("accounts add 444455556666 --external-id larder-6666", "none is named")]
#[case("accounts add 444455556666 --region us-esat-1", "Did you mean us-east-1?")]
#[case("accounts add 444455556666 --region all", "name the regions")]
#[case("accounts add 444455556666 --in table", "ACCOUNTS_TABLE_NAME")]
#[case("accounts add 444455556666 --in there", "file")]
#[case("accounts remove x", "12 digits")]
#[case("accounts check x", "12 digits")]
#[tokio::test(flavor = "multi_thread")]
async fn wrong_input_changes_nothing_and_is_told_what_is_right(#[case] line: &str, #[case] right: &str) {
    let desk = Desk::new().await;
    larder(line, &desk.env(&[])).await.is(2, &[right]);
    assert!(!Path::new(&desk.path("larder.toml")).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_wrong_is_left_as_it_is() {
    let desk = Desk::new().await;
    let wrong = "[[accounts]]\naccount_id = \"4444\"\n";
    desk.write_file(wrong);
    larder(ADD, &desk.env(&[])).await.is(2, &["accounts, number 1", "12 digits"]);
    assert_eq!(desk.file(), wrong);
}
