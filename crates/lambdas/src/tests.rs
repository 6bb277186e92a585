mod arbitrary_events;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use lambda_runtime::{Context, LambdaEvent};
use larder_app::configuration::Configuration;
use larder_app::wiring::{OpenedHistory, OpenedRuntime, memory_store, no_store};
use larder_app::{AccountId, App, DataType, Fetcher, Parts, SystemEnvironment};
use rstest::rstest;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::{HttpFunction, invalidate_directly, is_http_event};

struct EmptyAws;

#[async_trait]
impl Fetcher for EmptyAws {
    async fn own_account(&self, _near: Option<larder_app::Region>) -> Result<AccountId, larder_app::FetchError> {
        Ok(AccountId::parse("111122223333").expect("12 digits"))
    }

    async fn partition(&self) -> &'static str {
        "aws"
    }

    async fn check_known(&self, _account: &AccountId) -> Result<(), larder_app::FetchError> {
        Ok(())
    }

    async fn fetch(
        &self,
        _data_type: &'static DataType,
        _scope: &larder_app::Scope,
    ) -> Result<Bytes, larder_app::FetchError> {
        Ok(Bytes::from_static(b"{}"))
    }
}

fn app(with_store: bool) -> App {
    let store = if with_store { memory_store() } else { no_store("none".to_owned(), "a test".to_owned()) };
    let environment = Arc::new(SystemEnvironment::new());
    let runtime = OpenedRuntime::none("a test has none".to_owned());
    App::new(Parts {
        configuration: &Configuration::default(),
        environment,
        store,
        fetcher: Arc::new(EmptyAws),
        runtime,
        history: OpenedHistory::none("a test has none"),
    })
}

fn event(method: &str, path: &str, query: &str, body: Option<&str>, claims: Option<Value>) -> Value {
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": "api.example.com", "content-type": "application/json"},
        "requestContext": {
            "accountId": "111122223333",
            "apiId": "api",
            "domainName": "api.example.com",
            "domainPrefix": "api",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test"},
            "requestId": "id",
            "routeKey": "$default",
            "stage": "$default",
            "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1_773_342_238_000_u64,
        },
        "isBase64Encoded": false,
    });
    if let Some(body) = body {
        event["body"] = json!(body);
    }
    if let Some(claims) = claims {
        event["requestContext"]["authorizer"] = json!({"jwt": {"claims": claims, "scopes": null}});
    }
    event
}

fn admin() -> Option<Value> {
    Some(json!({
        "token_use": "access",
        "username": "ann",
        "scope": "larder/read larder/admin",
        "cognito:groups": "[acct-all larder-admins]",
    }))
}

fn raw(event: &Value) -> Box<RawValue> {
    to_raw_value(event).expect("JSON")
}

/// What Lambda gets.
async fn answer_document(app: &App, event: Value) -> Value {
    let function = HttpFunction::new(app.clone());
    let answer = function.answer(LambdaEvent::new(raw(&event), Context::default())).await.expect("an answer");
    serde_json::to_value(answer).expect("JSON")
}

async fn answer(app: &App, event: Value) -> (u64, Value) {
    assert!(is_http_event(&raw(&event)));
    let answer = answer_document(app, event).await;
    let body = answer["body"].as_str().expect("a text body");
    (answer["statusCode"].as_u64().expect("a status"), serde_json::from_str(body).expect("JSON"))
}

#[tokio::test]
async fn a_token_in_the_authorizers_context_makes_the_principal() {
    let app = app(true);
    let ask = |claims| event("GET", "/ec2/subnets", "region=us-east-1", None, claims);
    assert_eq!(answer(&app, ask(admin())).await.0, 200);
    let (status, problem) = answer(&app, ask(None)).await;
    assert_eq!((status, &problem["code"]), (401, &json!("UNAUTHENTICATED")));
    let id_token = json!({"token_use": "id", "scope": "larder/read", "cognito:groups": "[acct-all]"});
    assert_eq!(answer(&app, ask(Some(id_token))).await.0, 401);
    assert_eq!(answer(&app, event("GET", "/health", "", None, None)).await.0, 200);
}

#[rstest]
#[case("/é", 404)]
#[case("/a b\"<>", 404)]
#[case("//", 404)]
#[tokio::test]
async fn an_odd_path_is_an_unknown_route(#[case] path: &str, #[case] status: u64) {
    assert_eq!(answer(&app(true), event("GET", path, "", None, admin())).await.0, status);
}

#[rstest]
#[case("region=<x>")]
#[case("region=us east")]
#[case("region=^")]
#[case("region=us-east-1#frag")]
#[tokio::test]
async fn an_odd_query_is_read_to_its_end_and_refused(#[case] query: &str) {
    let (status, problem) = answer(&app(true), event("GET", "/ec2/subnets", query, None, admin())).await;
    assert_eq!((status, &problem["code"]), (400, &json!("UNKNOWN_REGION")), "{problem}");
}

#[rstest]
#[case("h h<")]
#[case("h:99999")]
#[case("a@b:c@[")]
#[tokio::test]
async fn an_odd_host_changes_no_answer(#[case] host: &str) {
    let mut event = event("GET", "/ec2/subnets", "region=us-east-1", None, admin());
    event["headers"]["host"] = json!(host);
    event["requestContext"]["domainName"] = json!(host);
    assert_eq!(answer(&app(true), event).await.0, 200);
}

#[tokio::test]
async fn a_body_that_is_not_the_base64_it_is_said_to_be_clears_nothing() {
    let app = app(true);
    let clear = |body| {
        let mut event = event("POST", "/cache/invalidate", "", Some(body), admin());
        event["isBase64Encoded"] = json!(true);
        event
    };
    for wrong in ["!!!", "{}"] {
        let (status, problem) = answer(&app, clear(wrong)).await;
        assert_eq!((status, &problem["code"]), (400, &json!("INVALID_BODY")), "{problem}");
    }
    let (status, done) = answer(&app, clear("e30=")).await;
    assert_eq!((status, &done["epoch"]["counter"]), (200, &json!(1)), "{done}");
}

/// Longer than the library's URI can be; an HTTP API would not let it through.
#[tokio::test]
async fn an_event_that_makes_the_library_panic_is_answered_with_a_problem() {
    let query = format!("region={}", "x".repeat(70_000));
    let event = event("GET", "/ec2/subnets", &query, None, admin());
    let answer = answer_document(&app(true), event).await;
    assert_eq!(answer["statusCode"], 500, "{answer}");
    assert_eq!(answer["headers"]["content-type"], "application/problem+json");
    let problem: Value = serde_json::from_str(answer["body"].as_str().expect("a text")).expect("JSON");
    assert_eq!(problem["code"], "INTERNAL");
}

#[tokio::test]
async fn an_answer_varies_by_all_that_it_varies_by() {
    let mut event = event("GET", "/openapi.json", "", None, admin());
    event["headers"]["accept-encoding"] = json!("gzip");
    let answer = answer_document(&app(true), event).await;
    assert_eq!(answer["headers"]["content-encoding"], "gzip", "{answer}");
    let vary = answer["headers"]["vary"].as_str().expect("one line").to_ascii_lowercase();
    assert!(vary.contains("authorization") && vary.contains("accept-encoding"), "{vary}");
}

#[tokio::test]
async fn an_invalidation_comes_by_http_and_directly_with_the_same_answer() {
    let app = app(true);
    let body = r#"{"dataType":"ec2-subnets"}"#;
    let (status, by_http) = answer(&app, event("POST", "/cache/invalidate", "", Some(body), admin())).await;
    assert_eq!((status, &by_http["epoch"]["counter"]), (200, &json!(1)));
    let directly = invalidate_directly(&app, &raw(&json!({"dataType": "ec2-subnets"}))).await.expect("done");
    assert_eq!(directly["epoch"]["counter"], 2);
    let without_epoch = |mut answer: Value| {
        answer["epoch"].take();
        answer
    };
    assert_eq!(without_epoch(directly), without_epoch(by_http));
}

#[rstest]
#[case(json!(null), "INVALID_BODY")]
#[case(json!([]), "INVALID_BODY")]
#[case(json!("all"), "INVALID_BODY")]
#[case(json!({"datatype": "ec2-subnets"}), "UNKNOWN_FIELD")]
#[case(json!({"version": "0", "detail-type": "Scheduled Event", "detail": {}}), "UNKNOWN_FIELD")]
#[case(json!({"region": "us-east-1.evil#"}), "UNKNOWN_REGION")]
#[tokio::test]
async fn a_bad_direct_invocation_is_a_function_error(#[case] payload: Value, #[case] code: &str) {
    assert!(!is_http_event(&raw(&payload)));
    let app = app(true);
    let error = invalidate_directly(&app, &raw(&payload)).await.expect_err("refused");
    assert_eq!(error.error_type, code);
    let next = invalidate_directly(&app, &raw(&json!({}))).await.expect("done");
    assert_eq!(next["epoch"]["counter"], 1, "the refused one invalidated nothing");
}

#[tokio::test]
async fn an_invalidation_that_was_not_acknowledged_is_a_function_error() {
    let error = invalidate_directly(&app(false), &raw(&json!({}))).await.expect_err("no store");
    assert_eq!(error.error_type, "STORE_UNAVAILABLE");
}
