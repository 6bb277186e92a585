use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::data_type_of_text;

fn policy(permissions: &Permissions) -> Value {
    serde_json::to_value(IamPolicy::of(permissions)).expect("JSON")
}

fn statements(policy: &Value) -> &[Value] {
    policy["Statement"].as_array().expect("statements")
}

fn of(names: &[&str]) -> Permissions {
    let data_types = names.iter().map(|name| data_type_of_text(name).expect("a row")).collect();
    Permissions { data_types, ..Permissions::default() }
}

fn roles(arns: &[&str]) -> BTreeSet<RolePattern> {
    arns.iter().map(|arn| RolePattern::parse(arn).expect("a role")).collect()
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|text| text.as_str().expect("a text")).collect()
}

const TABLES: [Table; 4] = [Table::Cache, Table::Accounts, Table::Runtime, Table::Servers];

fn whole((text, table): (&&str, Table)) -> TableUse {
    TableUse::whole(table, TableArn::parse(text).expect("a table"))
}

#[test]
fn an_index_is_allowed_to_who_asks_it_alone() {
    let use_of = |actions| TableUse { actions, ..whole((&"cache", Table::Cache)) };
    let resources = |actions| use_of(actions).statement().resource.len();
    assert_eq!([resources(&["dynamodb:PutItem"]), resources(&["dynamodb:PutItem", "dynamodb:Query"])], [1, 2]);
}

#[test]
fn it_is_in_iams_language() {
    assert_eq!(
        policy(&of(&["ec2-subnets", "drs-quotas", "ec2-security-groups"])),
        json!({
            "Version": "2012-10-17",
            "Statement": [
                {"Sid": "ReadDrs", "Effect": "Allow", "Resource": ["*"],
                 "Action": ["drs:DescribeJobs", "drs:DescribeSourceServers"]},
                {"Sid": "ReadEc2", "Effect": "Allow", "Resource": ["*"],
                 "Action": ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets"]},
                {"Sid": "ReadServicequotas", "Effect": "Allow", "Resource": ["*"],
                 "Action": ["servicequotas:ListServiceQuotas"]},
            ],
        })
    );
}

#[test]
fn it_allows_every_action_of_every_row_once() {
    let policy = policy(&Permissions::of_every_data_type());
    let allowed: Vec<_> = statements(&policy).iter().flat_map(|statement| strings(&statement["Action"])).collect();
    let needed: BTreeSet<_> = DATA_TYPES.iter().flat_map(|row| row.iam_actions).copied().collect();
    assert_eq!(allowed.len(), needed.len());
    assert_eq!(allowed.into_iter().collect::<BTreeSet<_>>(), needed);
}

#[test]
fn running_minutes_need_more_of_the_same_services() {
    let policy = policy(&Permissions { actions: larder_sources::RUNTIME_ACTIONS, ..of(&["ec2-subnets"]) });
    let allowed: Vec<_> = statements(&policy).iter().map(|statement| strings(&statement["Action"])).collect();
    let of_ec2 = ["ec2:DescribeInstances", "ec2:DescribeRegions", "ec2:DescribeSubnets"];
    let expected = [vec!["cloudtrail:LookupEvents"], of_ec2.to_vec()];
    assert_eq!(allowed, expected);
}

#[test]
fn what_is_allowed_on_everything_only_reads() {
    let table = TableArn::parse("larder").expect("a name");
    let everything = Permissions {
        tables: TABLES.iter().map(|&it| TableUse::whole(it, table.clone())).collect(),
        actions: larder_sources::RUNTIME_ACTIONS,
        roles: roles(&["arn:aws:iam::*:role/larder-read"]),
        ..Permissions::of_every_data_type()
    };
    let policy = policy(&everything);
    let on_everything: Vec<_> =
        statements(&policy).iter().filter(|it| strings(&it["Resource"]).contains(&"*")).collect();
    assert!(!on_everything.is_empty(), "{policy}");
    for statement in on_everything {
        for action in strings(&statement["Action"]) {
            let (_, operation) = action.split_once(':').expect("service:Operation");
            assert!(["Describe", "Get", "List", "Lookup"].iter().any(|verb| operation.starts_with(verb)), "{action}");
        }
    }
}

#[test]
fn tables_and_roles_have_statements_of_their_own() {
    let arn = "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/cache";
    let permissions = Permissions {
        tables: [arn, "accounts", "runtime", "servers"].iter().zip(TABLES).map(whole).collect(),
        roles: roles(&["arn:aws:iam::444455556666:role/b", "arn:aws:iam::111122223333:role/a"]),
        ..Permissions::default()
    };
    let policy = policy(&permissions);
    let [cache, accounts, runtime, servers, roles] = statements(&policy) else { panic!("{policy}") };
    assert_eq!(strings(&cache["Resource"]), [arn, &format!("{arn}/index/dataType-createdAt-index")]);
    assert_eq!(strings(&cache["Action"]), DynamoDbStore::IAM_ACTIONS);
    assert_eq!(strings(&accounts["Resource"]), ["arn:aws:dynamodb:*:*:table/accounts"]);
    assert_eq!(strings(&accounts["Action"]), ["dynamodb:GetItem", "dynamodb:Scan"]);
    assert_eq!(strings(&runtime["Resource"]), ["arn:aws:dynamodb:*:*:table/runtime"]);
    assert_eq!(strings(&runtime["Action"]), DynamoDbItems::IAM_ACTIONS);
    assert_eq!(strings(&servers["Resource"]), ["arn:aws:dynamodb:*:*:table/servers"]);
    assert_eq!(strings(&servers["Action"]), DynamoDbServers::IAM_ACTIONS);
    assert_eq!(strings(&roles["Action"]), ["sts:AssumeRole"]);
    assert_eq!(strings(&roles["Resource"]), ["arn:aws:iam::111122223333:role/a", "arn:aws:iam::444455556666:role/b"]);
}

#[rstest]
#[case("arn:aws:iam::*:role/larder-read", true)]
#[case("arn:aws:iam::444455556666:role/team/*", true)]
#[case("arn:aws-us-gov:iam::444455556666:role/larder", true)]
#[case("*", false)]
#[case("arn:*:iam::444455556666:role/larder", false)]
#[case("arn:aws:iam::44*:role/larder", false)]
#[case("arn:aws:iam::444455556666:user/larder", false)]
#[case("larder-read", false)]
fn only_roles_can_be_assumed(#[case] text: &str, #[case] is_one: bool) {
    assert_eq!(RolePattern::parse(text), is_one.then(|| RolePattern(text.to_owned())));
}

#[test]
fn a_sid_is_letters_and_digits() {
    for statement in statements(&policy(&Permissions::of_every_data_type())) {
        let sid = statement["Sid"].as_str().expect("a text");
        assert!(sid.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{sid}");
    }
    assert_eq!(capitalised("sso-directory"), "Ssodirectory");
}
