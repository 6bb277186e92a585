use serde_json::json;

use crate::template::Template;

const PUBLIC: [&str; 3] = ["GET /", "GET /assets/{proxy+}", "GET /health"];

/// The ways in that are no route of the API: a function's own URL, another API, or one described elsewhere.
fn other_ways_in(templates: &[(String, Template)]) -> Vec<String> {
    let mut found = Vec::new();
    for (file, template) in templates {
        for (id, resource) in template.resources() {
            let kind = resource["Type"].as_str().unwrap_or_default();
            let is_ours = file == "cfn/api.yaml" && resource["Properties"]["Body"].is_null();
            let is_api = kind.starts_with("AWS::ApiGateway");
            if kind == "AWS::Lambda::Url" || (is_api && !is_ours) {
                found.push(format!("{file}: {id} is a way in of its own"));
            }
        }
    }
    found
}

/// What is wrong with the routes: each needs an access token with one of the scopes, but for the three public ones.
fn problems(api: &Template) -> Vec<String> {
    let mut problems = Vec::new();
    for (id, route) in api.of_type("AWS::ApiGatewayV2::Route") {
        let key = route["RouteKey"].as_str().unwrap_or_default();
        let scopes = route["AuthorizationScopes"].as_array().map_or(0, Vec::len);
        let is_guarded = route["AuthorizationType"] == "JWT" && route["AuthorizerId"] == json!({"Ref": "Authorizer"});
        if !(PUBLIC.contains(&key) || is_guarded && scopes > 0) {
            problems.push(format!("{id}: {key} is open"));
        }
        let is_read_only = key.starts_with("GET ");
        if !is_read_only && route["AuthorizationScopes"] != json!(["larder/admin"]) {
            problems.push(format!("{id}: {key} changes something, and does not need larder/admin"));
        }
    }
    let authorizer = &api.resources()["Authorizer"]["Properties"];
    if authorizer["AuthorizerType"] != "JWT" {
        problems.push("the authorizer does not look at tokens".to_owned());
    }
    problems
}

#[test]
fn every_route_but_the_public_ones_needs_a_token_with_a_scope() {
    let api = Template::of("cfn/api.yaml");
    assert_eq!(problems(&api), [""; 0]);
    let keys: Vec<_> = api.of_type("AWS::ApiGatewayV2::Route").filter_map(|(_, it)| it["RouteKey"].as_str()).collect();
    assert!(keys.len() > PUBLIC.len() && PUBLIC.iter().all(|key| keys.contains(key)), "{keys:?}");
}

#[test]
fn there_is_no_other_way_in() {
    let mut templates = Template::all();
    assert_eq!(other_ways_in(&templates), [""; 0]);
    let (_, functions) = templates.iter_mut().find(|(file, _)| file == "cfn/functions.yaml").expect("it is there");
    functions.0["Resources"]["Open"] = json!({"Type": "AWS::Lambda::Url", "Properties": {"AuthType": "NONE"}});
    functions.0["Resources"]["Other"] = json!({"Type": "AWS::ApiGatewayV2::Api", "Properties": {}});
    assert_eq!(other_ways_in(&templates).len(), 2, "planted ones are noticed");
}

#[test]
fn a_planted_open_route_is_noticed() {
    let mut api = Template::of("cfn/api.yaml");
    api.properties_mut("QuestionsRoute")["AuthorizationType"] = json!("NONE");
    assert_eq!(problems(&api), ["QuestionsRoute: GET /{proxy+} is open"]);
    let mut api = Template::of("cfn/api.yaml");
    api.properties_mut("InvalidateRoute")["AuthorizationScopes"] = json!(["larder/read", "larder/admin"]);
    assert_eq!(problems(&api).len(), 1);
}

#[test]
fn whoever_is_open_to_anyone_can_not_use_up_what_the_others_have() {
    let api = Template::of("cfn/api.yaml");
    let settings = &api.resources()["Stage"]["Properties"]["RouteSettings"];
    for key in PUBLIC {
        let rate = settings[key]["ThrottlingRateLimit"].as_u64();
        assert!(rate.is_some_and(|rate| rate <= 50), "{key}: {rate:?}");
    }
}
