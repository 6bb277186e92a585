use serde_json::{Value, json};

use crate::template::{Template, written};

/// What a stack of the root gets as that parameter, where a user pool is made and where an issuer is named.
fn given(stack: &str, parameter: &str) -> [String; 2] {
    let root = Template::of("template.yaml");
    let chosen = root.resources()[stack]["Properties"]["Parameters"][parameter]["Fn::If"].clone();
    assert_eq!(chosen[0], "MakesUserPool", "{stack} {parameter}");
    [written(&chosen[1]), written(&chosen[2])]
}

fn variable(name: &str) -> Value {
    let functions = Template::of("cfn/functions.yaml");
    functions.resources()["QueryHandler"]["Properties"]["Environment"]["Variables"][name].clone()
}

/// Whoever opens the page behind the API logs in: the function that serves it tells where.
#[test]
fn the_page_is_told_where_to_log_in() {
    let settings = [
        ("LARDER_LOGIN_DOMAIN", "LoginDomain", "LoginDomain"),
        ("LARDER_LOGIN_CLIENT_ID", "LoginClientId", "PeopleClientId"),
    ];
    for (name, parameter, output) in settings {
        let absent = json!({"Ref": "AWS::NoValue"});
        assert_eq!(variable(name)["Fn::If"], json!(["HasLogin", {"Ref": parameter}, absent]), "{name}");
        let expected = [format!("${{People.Outputs.{output}}}"), format!("${{{parameter}}}")];
        assert_eq!(given("Functions", parameter), expected);
    }
}

/// Tokens of that client count, and the pool's page goes back to where the page is, logged in or out.
#[test]
fn who_has_logged_in_there_is_let_in() {
    let [issuer, named] = given("Api", "JwtIssuer");
    assert_eq!([&*issuer, &named], ["${People.Outputs.Issuer}", "${JwtIssuer}"]);
    let [audience, named] = given("Api", "JwtAudience");
    assert!(audience.contains("Outputs.PeopleClientId") && audience.contains("Outputs.ProgramsClientId"), "{audience}");
    assert_eq!(named, "${JwtAudience}");
    let people = Template::of("cfn/people.yaml");
    let client = &people.resources()["PeopleClient"]["Properties"];
    for urls in ["CallbackURLs", "LogoutURLs"] {
        assert_eq!(client[urls], json!({"Ref": "CallbackUrls"}), "{urls}");
    }
}
