use std::collections::BTreeSet;

use larder_app::{FUNCTIONS, Function, HistoryUse};
use larder_tests::actions_with_resources;
use rstest::rstest;
use serde_json::{Value, json};

use crate::template::{Template, items, written};

/// What Lambda itself does for a function, with the function's role.
const OF_LAMBDA: [&str; 5] = [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
];

/// What Lambda itself does, with the function's role, to put a function into a network.
const OF_NETWORK: [&str; 6] = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
];

/// What Secrets Manager does for a function, with the function's role, for a secret under a key of one's own.
const OF_SECRETS: [&str; 1] = ["kms:Decrypt"];

/// Every statement of the roles of a template, by the role.
pub(crate) fn statements(template: &Template) -> Vec<(String, Value)> {
    let of_role = |(id, role): (&str, &Value)| {
        let policies = role["Policies"].as_array().cloned().unwrap_or_default();
        let statements = policies
            .into_iter()
            .flat_map(|policy| items(&policy["PolicyDocument"]["Statement"]).into_iter().cloned().collect::<Vec<_>>());
        statements.map(|statement| (id.to_owned(), statement)).collect::<Vec<_>>()
    };
    let beside = |(_, policy): (&str, &Value)| {
        let role = policy["RoleName"]["Ref"].as_str().unwrap_or_default().to_owned();
        let statements = items(&policy["PolicyDocument"]["Statement"]).into_iter().cloned();
        statements.map(|statement| (role.clone(), statement)).collect::<Vec<_>>()
    };
    let of_roles = template.of_type("AWS::IAM::Role").flat_map(of_role);
    of_roles.chain(template.of_type("AWS::IAM::RolePolicy").flat_map(beside)).collect()
}

/// What is allowed too widely: an action with a `*`, or any resource where AWS knows one.
fn problems(template: &Template) -> Vec<String> {
    let has_resource = actions_with_resources().expect("AWS's actions");
    let mut problems = Vec::new();
    for (role, statement) in statements(template) {
        let on_everything = items(&statement["Resource"]).iter().any(|&resource| resource == "*");
        for action in items(&statement["Action"]).into_iter().map(written) {
            if action.contains('*') {
                problems.push(format!("{role}: {action}"));
            } else if on_everything && has_resource(&action) {
                problems.push(format!("{role}: {action} on *"));
            }
        }
        if statement["NotAction"] != Value::Null || statement["NotResource"] != Value::Null {
            problems.push(format!("{role}: all but something"));
        }
    }
    let managed = template.of_type("AWS::IAM::Role").filter(|(_, role)| !role["ManagedPolicyArns"].is_null());
    problems.extend(managed.map(|(role, _)| format!("{role}: what is allowed elsewhere")));
    problems
}

#[test]
fn nothing_is_allowed_on_everything_for_which_there_is_a_resource() {
    let mut roles = 0;
    for (file, template) in Template::all() {
        assert_eq!(problems(&template), [""; 0], "{file}");
        roles += template.of_type("AWS::IAM::Role").count();
    }
    assert!(roles > FUNCTIONS.len(), "{roles} roles");
}

#[rstest]
#[case(json!({"Action": "dynamodb:*", "Resource": "*"}), "dynamodb:*")]
#[case(json!({"Action": ["dynamodb:GetItem"], "Resource": ["*"]}), "dynamodb:GetItem on *")]
#[case(json!({"Action": ["ec2:DescribeSubnets", "iam:GetRole"], "Resource": "*"}), "iam:GetRole on *")]
#[case(json!({"Action": ["made:Up"], "Resource": "*"}), "made:Up on *")]
fn a_planted_permission_is_noticed(#[case] statement: Value, #[case] noticed: &str) {
    let mut functions = Template::of("cfn/functions.yaml");
    let policies = &mut functions.properties_mut("QueryHandlerRole")["Policies"];
    policies[0]["PolicyDocument"]["Statement"].as_array_mut().expect("statements").push(statement);
    assert_eq!(problems(&functions), [format!("QueryHandlerRole: {noticed}")]);
}

/// One role each, with the actions of its row, and nobody else's.
#[test]
fn each_function_may_do_what_its_row_says() {
    let templates = [(HistoryUse::None, "cfn/functions.yaml"), (HistoryUse::InItsNetwork, "cfn/history.yaml")];
    for (history, file) in templates {
        may_do_what_their_rows_say(
            &Template::of(file),
            &FUNCTIONS.iter().filter(|it| it.history == history).collect::<Vec<_>>(),
        );
    }
}

fn may_do_what_their_rows_say(template: &Template, rows: &[&Function]) {
    let functions: Vec<_> = template.of_type("AWS::Lambda::Function").collect();
    assert_eq!(functions.len(), rows.len());
    let roles: BTreeSet<_> = functions.iter().map(|(_, function)| written(&function["Role"])).collect();
    assert_eq!(roles.len(), rows.len(), "one role each: {roles:?}");
    for (id, function) in functions {
        let name = written(&function["FunctionName"]);
        let row = rows.iter().find(|row| name == format!("${{ProjectName}}-{}-${{Environment}}", row.name));
        let row = row.unwrap_or_else(|| panic!("{name} has no row"));
        assert_eq!(written(&function["Role"]), format!("${{{id}Role.Arn}}"));
        let of_role = statements(template).into_iter().filter(|(role, _)| *role == format!("{id}Role"));
        let actions = of_role.flat_map(|(_, it)| items(&it["Action"]).into_iter().map(written).collect::<Vec<_>>());
        let of_history = [&OF_NETWORK[..], &OF_SECRETS].concat();
        let of_history = if row.history == HistoryUse::InItsNetwork { of_history } else { Vec::new() };
        let is_of_others = |action: &str| OF_LAMBDA.contains(&action) || of_history.contains(&action);
        let allowed: BTreeSet<_> = actions.filter(|action| !is_of_others(action)).collect();
        let called: BTreeSet<_> = row.calls().map(str::to_owned).collect();
        assert_eq!(allowed, called, "{name}");
    }
}

/// Other accounts trust functions by the names of their roles.
#[test]
fn other_accounts_trust_the_roles_of_functions() {
    let account = Template::of("cfn/account.yaml");
    let trust = &account.resources()["ReadRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0];
    let trusted = written(&trust["Condition"]["ArnLike"]["aws:PrincipalArn"]);
    let (_, trusted) = trusted.split_once(":role/").expect("a role's ARN");
    let (before, after) = trusted.split_once('*').expect("any function");
    assert_eq!(written(&trust["Condition"]["StringEquals"]["sts:ExternalId"]), "${ExternalId}");
    for file in ["cfn/functions.yaml", "cfn/history.yaml"] {
        for (id, role) in Template::of(file).of_type("AWS::IAM::Role") {
            let name = written(&role["RoleName"]);
            assert!(name.starts_with(before) && name.ends_with(after), "{id}: {name} is not {trusted}");
        }
    }
}

/// Each function writes to a log group of its own, which forgets.
#[test]
fn logs_are_kept_for_a_while() {
    let mut groups = BTreeSet::new();
    for (file, template) in Template::all() {
        for (id, function) in template.of_type("AWS::Lambda::Function") {
            let group = function["LoggingConfig"]["LogGroup"]["Ref"].as_str().unwrap_or_else(|| panic!("{id}"));
            assert!(groups.insert(group.to_owned()), "{id} has a log group of its own");
            assert!(template.resources().contains_key(group), "{id}: {group}");
        }
        for (id, group) in template.of_type("AWS::Logs::LogGroup") {
            assert!(!group["RetentionInDays"].is_null(), "{file}: {id}");
        }
    }
    assert_eq!(groups.len(), FUNCTIONS.len());
}
