use std::fmt::Write;

use larder_tests::project;

use crate::permissions::statements;
use crate::template::{Template, items, written};

const GOLDEN: &str = "tests/tests/deployment/who_may_do_what.txt";

/// Routes with their authorizer and scopes, roles with what they may do on what: as people read it in a review.
fn who_may_do_what() -> String {
    let mut text = String::new();
    for (_, route) in Template::of("cfn/api.yaml").of_type("AWS::ApiGatewayV2::Route") {
        let scopes: Vec<_> = route["AuthorizationScopes"].as_array().into_iter().flatten().map(written).collect();
        let who = match route["AuthorizationType"].as_str() {
            Some("NONE") => "anyone".to_owned(),
            _ => format!("{} with {}", written(&route["AuthorizerId"]), scopes.join(" or ")),
        };
        let _ = writeln!(text, "{}: {who} -> {}", written(&route["RouteKey"]), written(&route["Target"]));
    }
    for (file, template) in Template::all() {
        text.push_str(&who_is_let_in(&file, &template));
        for (role, statement) in statements(&template) {
            let resources: Vec<_> = items(&statement["Resource"]).into_iter().map(written).collect();
            for action in items(&statement["Action"]).into_iter().map(written) {
                let _ = writeln!(text, "{file} {role}: {action} on {}", resources.join(", "));
            }
        }
    }
    text
}

/// Who may take a role, invoke a function, or put something on a queue or the bus, and on what condition.
fn who_is_let_in(file: &str, template: &Template) -> String {
    let policies = [
        ("AWS::IAM::Role", "AssumeRolePolicyDocument"),
        ("AWS::SQS::QueuePolicy", "PolicyDocument"),
        ("AWS::Events::EventBus", "Policy"),
    ];
    let mut text = String::new();
    for (kind, document) in policies {
        for (id, properties) in template.of_type(kind) {
            let _ = writeln!(text, "{file} {id}: lets in {}", properties[document]);
        }
    }
    for (id, permission) in template.of_type("AWS::Lambda::Permission") {
        let (who, source) = (written(&permission["Principal"]), written(&permission["SourceArn"]));
        let _ = writeln!(text, "{file} {id}: lets in {who} by {source}");
    }
    text
}

#[test]
fn nobody_may_do_more_than_was_looked_at() {
    let path = project().join(GOLDEN);
    let found = who_may_do_what();
    if std::env::var_os("LARDER_UPDATE_TEMPLATES").is_some() {
        std::fs::write(&path, found).expect("it can be written");
        return;
    }
    let golden = std::fs::read_to_string(&path).expect("it can be read");
    assert_eq!(found, golden, "look at what changed, then run this with LARDER_UPDATE_TEMPLATES=1");
}
