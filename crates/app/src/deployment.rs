//! What the deployment's templates have from the rows, and the test that holds them to the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use larder_sources::{DATA_TYPES, MadeOldBy, RUNTIME_ACTIONS};
use serde_json::{Value, json};

use crate::functions::{FUNCTIONS, Function, HistoryUse};
use crate::iam_policy::{IamPolicy, Permissions, RolePattern, Table, TableArn};

/// EventBridge takes no longer pattern.
const LONGEST_PATTERN: usize = 2_048;

/// The ARN of a table as the template of the functions knows it.
fn arn(table: Table) -> TableArn {
    TableArn::of_template(match table {
        Table::Cache => "${CacheTableArn}",
        Table::Accounts => "${AccountsTableArn}",
        Table::Runtime => "${RuntimeTableArn}",
        Table::Servers => "${ServersTableArn}",
    })
}

/// The statements as YAML, below `Statement:`.
fn statements(policy: &IamPolicy) -> String {
    let policy = serde_json::to_value(policy).expect("JSON");
    let mut yaml = String::new();
    for statement in policy["Statement"].as_array().expect("statements") {
        let text = |name: &str| statement[name].as_str().expect("a text").to_owned();
        let list = |name: &str, quoted: fn(&str) -> String| {
            let texts = statement[name].as_array().expect("a list").iter().map(|text| text.as_str().expect("a text"));
            texts.fold(String::new(), |lines, text| lines + "                  - " + &quoted(text) + "\n")
        };
        let _ = write!(
            yaml,
            "              - Sid: {}\n                Effect: {}\n                Action:\n{}                Resource:\n{}",
            text("Sid"),
            text("Effect"),
            list("Action", str::to_owned),
            list("Resource", resource),
        );
    }
    yaml
}

fn resource(text: &str) -> String {
    if text.contains("${") { format!("!Sub \"{text}\"") } else { format!("\"{text}\"") }
}

/// What any function may ask in an account that is not its own.
fn in_an_account() -> IamPolicy {
    IamPolicy::of(&Permissions { actions: RUNTIME_ACTIONS, ..Permissions::of_every_data_type() })
}

/// A rule that forwards events: its logical id, what it lets through in words, and its pattern.
type Rule = (&'static str, &'static str, Value);

/// The rules: changes of state, which running minutes need, and what makes the rows' answers old.
fn rules() -> Vec<Rule> {
    let mut made_old_by = MadeOld::default();
    DATA_TYPES.iter().flat_map(|row| row.made_old_by).for_each(|by| made_old_by.add(by));
    let MadeOld { services, callers, calls, tagged } = made_old_by;
    let state_changes = json!({"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"]});
    let call = |sources: &BTreeSet<String>, mut detail: Value| {
        // Who was refused has changed nothing.
        detail["errorCode"] = json!([{"exists": false}]);
        json!({"source": sources, "detail-type": ["AWS API Call via CloudTrail"], "detail": detail})
    };
    let prefixes: Vec<_> = tagged.iter().map(|prefix| json!({"prefix": prefix})).collect();
    let tags = json!({
        "eventName": MadeOldBy::TAGGING,
        "requestParameters": {"resourcesSet": {"items": {"resourceId": prefixes}}},
    });
    vec![
        ("StateChanges", "EC2 instances that start and stop", state_changes),
        ("ServiceEvents", "All that a service tells and all that it was asked to change", json!({"source": services})),
        ("Calls", "Calls that make answers old", call(&callers, json!({"eventName": calls}))),
        ("Tags", "Tags of what answers tell the tags of", call(&BTreeSet::from(["aws.ec2".to_owned()]), tags)),
    ]
}

/// What the rows say, put together.
#[derive(Default)]
struct MadeOld {
    services: BTreeSet<String>,
    callers: BTreeSet<String>,
    calls: BTreeSet<&'static str>,
    tagged: BTreeSet<&'static str>,
}

impl MadeOld {
    fn add(&mut self, by: &MadeOldBy) {
        match by {
            // There is a rule for it in any case.
            MadeOldBy::StateChange => {}
            MadeOldBy::EventsOf(service) => {
                self.services.insert(source(service));
            }
            MadeOldBy::Calls { service, names } => {
                self.callers.insert(source(service));
                self.calls.extend(*names);
            }
            MadeOldBy::TagsOf(prefix) => {
                self.tagged.insert(prefix);
            }
        }
    }
}

/// As EventBridge calls a service.
fn source(service: &str) -> String {
    format!("aws.{service}")
}

/// The rules as YAML, among the resources of a template.
fn rules_yaml() -> String {
    let rule = |(id, what, pattern): Rule| {
        assert!(pattern.to_string().len() <= LONGEST_PATTERN, "{id} is too long for EventBridge: split it by service");
        let pattern = serde_json::to_string_pretty(&pattern).expect("JSON").replace('\n', "\n        ");
        format!(
            "  {id}:\n    Type: AWS::Events::Rule\n    Properties:\n      Description: {what}\n      State: ENABLED\n      \
             EventPattern:\n        {pattern}\n      Targets:\n        - Id: larder\n          Arn: !Ref EventBusArn\n          \
             RoleArn: !GetAtt ForwardingRole.Arn\n          \
             DeadLetterConfig: {{Arn: !GetAtt LostEvents.Arn}}\n"
        )
    };
    rules().into_iter().map(rule).collect()
}

/// With LARDER_UPDATE_TEMPLATES set, writes what is generated into the template instead of comparing.
fn check(template: &str, generated: &BTreeMap<String, String>) {
    let path = Path::new("../../cfn").join(template);
    let is_written = std::env::var_os("LARDER_UPDATE_TEMPLATES").is_some();
    let mut text = std::fs::read_to_string(&path).expect("the template can be read");
    let indent = |line: &str| line.len() - line.trim_start().len();
    for (section, generated) in generated {
        let begin = text.find(&format!("# <{section}>\n")).unwrap_or_else(|| panic!("{template} has <{section}>"));
        let begin = begin + text[begin..].find('\n').expect("a line") + 1;
        let end = begin + text[begin..].find(&format!("# </{section}>")).expect("the section ends");
        let end = text[..end].rfind('\n').expect("a line") + 1;
        assert!(indent(&text[end..]) > 0, "{section} stands below something");
        if is_written {
            text.replace_range(begin..end, generated);
        } else {
            assert_eq!(&text[begin..end], generated, "{template} is old: run this test with LARDER_UPDATE_TEMPLATES=1");
        }
    }
    if is_written {
        std::fs::write(&path, text).expect("the template can be written");
    }
}

#[test]
fn the_templates_have_what_the_rows_say() {
    let roles = RolePattern::of_template("arn:${AWS::Partition}:iam::*:role/${AccountRoleName}");
    let calls = |function: &Function| {
        let calls = statements(&function.policy(arn, &roles));
        (format!("calls of {}", function.name), calls)
    };
    for (template, of_template) in [("functions.yaml", HistoryUse::None), ("history.yaml", HistoryUse::InItsNetwork)] {
        let functions = FUNCTIONS.iter().filter(|function| function.history == of_template);
        check(template, &functions.map(calls).collect());
    }
    let of_account = [("calls in an account", statements(&in_an_account())), ("rules", rules_yaml())];
    check("account.yaml", &of_account.map(|(section, yaml)| (section.to_owned(), yaml)).into());
}

#[test]
fn every_event_that_makes_a_row_old_passes_a_rule() {
    let text = rules_yaml();
    for by in DATA_TYPES.iter().flat_map(|row| row.made_old_by) {
        let words: Vec<String> = match by {
            MadeOldBy::StateChange => vec!["EC2 Instance State-change Notification".to_owned()],
            MadeOldBy::EventsOf(service) => vec![source(service)],
            MadeOldBy::Calls { service, names } => {
                names.iter().map(|&name| name.to_owned()).chain([source(service)]).collect()
            }
            MadeOldBy::TagsOf(prefix) => vec![(*prefix).to_owned()],
        };
        for word in words {
            assert!(text.contains(&format!("\"{word}\"")), "{by:?}: {word}");
        }
    }
}
