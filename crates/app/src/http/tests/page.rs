use http_body_util::BodyExt;

use super::*;
use crate::What;
use crate::http::{Process, router_behind};
use larder_sources::AccountId;

/// What `GET path` answers to who is nobody.
async fn get_public(test: &TestApp, path: &str, headers: &[(&str, &str)]) -> Got {
    send_as(test, None, request("GET", path, headers, Body::empty())).await
}

/// The files that the page names.
fn named(index: &Got) -> Vec<String> {
    let text = String::from_utf8(index.body.clone()).expect("UTF-8");
    let names = text.split("\"/assets/").skip(1).map(|rest| rest.split('"').next().expect("a name"));
    names.map(|name| format!("/assets/{name}")).filter(|name| !name.ends_with("config.json")).collect()
}

#[tokio::test]
async fn anyone_gets_the_page_and_nothing_that_could_be_taken_for_something_else() {
    let test = TestApp::new();
    let index = get_public(&test, "/", &[]).await;
    let files = named(&index);
    for name in ["larder.js", "larder.css", "icon.svg"] {
        assert!(files.iter().any(|file| file.ends_with(&format!("/{name}"))), "{name} is not among {files:?}");
    }
    for path in files.iter().map(String::as_str).chain(["/", "/assets/main.js", "/assets/config.json"]) {
        let got = get_public(&test, path, &[]).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        assert!(got.header("content-security-policy").starts_with("default-src 'self'; base-uri 'none'; "), "{path}");
        assert_eq!(got.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(got.header("referrer-policy"), "no-referrer", "{path}");
        assert!(!got.header("vary").to_lowercase().contains("authorization"), "{path}");
    }
}

#[tokio::test]
async fn only_what_is_named_by_its_content_is_kept_for_ever() {
    let test = TestApp::new();
    let index = get_public(&test, "/", &[]).await;
    assert_eq!(index.header("cache-control"), "no-cache");
    for path in named(&index) {
        let lasting = "public, max-age=31536000, immutable";
        assert_eq!(get_public(&test, &path, &[]).await.header("cache-control"), lasting, "{path}");
    }
    assert_eq!(get_public(&test, "/assets/main.js", &[]).await.header("cache-control"), "no-cache");
    let gone = get_public(&test, "/assets/0123456789abcdef0123456789abcdef/main.js", &[]).await;
    assert_eq!(gone.problem(), "NOT_FOUND", "what another release named is not this one's");
}

#[tokio::test]
async fn who_has_a_file_is_not_sent_it_again() {
    let test = TestApp::new();
    for path in ["/", "/assets/main.js"] {
        let first = get_public(&test, path, &[]).await;
        let again = get_public(&test, path, &[("if-none-match", first.header("etag"))]).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
        assert_eq!(again.header("etag"), first.header("etag"), "{path}");
        let other = get_public(&test, path, &[("if-none-match", "\"another\"")]).await;
        assert_eq!(other.body, first.body, "{path}");
    }
}

#[tokio::test]
async fn the_page_is_told_where_to_log_in_and_allowed_to_ask_there() {
    let test = TestApp::new();
    let told = get_public(&test, "/assets/config.json", &[]).await;
    assert_eq!(told.json(), serde_json::json!({"login": null, "events": false}));
    assert!(!told.header("content-security-policy").contains("connect-src"));

    let test = TestApp::with(|configuration| {
        configuration.page.login_domain = Some("larder.auth.example".to_owned());
        configuration.page.client_id = Some("page".to_owned());
    });
    let told = get_public(&test, "/assets/config.json", &[]).await;
    let login = serde_json::json!({"domain": "larder.auth.example", "clientId": "page"});
    assert_eq!(told.json(), serde_json::json!({"login": login, "events": false}));
    let index = get_public(&test, "/", &[]).await;
    assert!(index.header("content-security-policy").ends_with("; connect-src 'self' https://larder.auth.example"));
}

#[tokio::test]
async fn where_there_are_no_events_there_is_no_route_for_them() {
    assert_eq!(get(&TestApp::new(), "/events").await.problem(), "NOT_FOUND");
}

async fn events_of(test: &TestApp, principal: Option<Principal>) -> axum::response::Response {
    let mut request = request("GET", "/events", &[], Body::empty());
    if let Some(principal) = principal {
        request.extensions_mut().insert(principal);
    }
    let router = router_behind(test.app.clone(), Process::Lasting, |routes| routes);
    router.oneshot(request).await.expect("a response")
}

async fn next_of(body: &mut Body) -> Option<String> {
    let frame = body.frame().await?.expect("a frame").into_data().expect("data");
    Some(String::from_utf8(frame.to_vec()).expect("text"))
}

#[tokio::test]
async fn an_invalidation_is_heard_and_the_end_of_the_server_too() {
    let test = TestApp::new();
    let response = events_of(&test, Some(Principal::local())).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    invalidate(&test, r#"{"accountId": "111122223333"}"#).await;
    let told = next_of(&mut body).await.expect("an event");
    assert_eq!(told, "event: changed\ndata: {\"what\":\"cache\",\"accountId\":\"111122223333\"}\n\n");
    test.app.changes().end();
    assert_eq!(next_of(&mut body).await, None, "the stream outlives the server");
}

#[tokio::test]
async fn nobody_hears_of_accounts_that_are_not_theirs_and_nobody_unknown_hears_anything() {
    let test = TestApp::new();
    assert_eq!(events_of(&test, None).await.status(), StatusCode::UNAUTHORIZED);
    let mut body = events_of(&test, reader("[acct-111122223333]")).await.into_body();
    test.app.changes().tell(What::Inventory, AccountId::parse("444455556666"));
    test.app.changes().tell(What::Costs, AccountId::parse("111122223333"));
    let told = next_of(&mut body).await.expect("an event");
    assert!(told.contains("\"costs\"") && !told.contains("444455556666"), "{told}");
}
