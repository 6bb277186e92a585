//! The page of a real `larder serve --demo` in a real browser: the suites of `tests/browser`.

mod demo;
mod make;
mod screenshots;

use larder_app::{Environment, SystemEnvironment};
use larder_tests::{Browser, TokenSigner};
use serde_json::json;

use demo::Demo;

/// The suites that need a server of their own, or more than a server.
const APART: &[&str] = &["login", "screenshots", "token"];

const ISSUER: &str = "https://issuer.example";
const CLIENT: &str = "page";

#[tokio::test]
async fn the_page_does_what_its_suites_say() {
    let suites = Browser::suites().expect("they are there");
    assert!(APART.iter().all(|apart| suites.iter().any(|suite| suite == apart)), "{suites:?}");
    let suites: Vec<_> = suites.iter().map(String::as_str).filter(|suite| !APART.contains(suite)).collect();
    let demo = Demo::start(&[]).await;
    demo.passes(&suites, &[]).await;
}

#[tokio::test]
async fn people_log_in_and_out() {
    let page = [("LARDER_LOGIN_DOMAIN", "larder.auth.example"), ("LARDER_LOGIN_CLIENT_ID", CLIENT)];
    asks_for_tokens("login", &page).await;
}

#[tokio::test]
async fn a_token_opens_the_page_where_nobody_can_log_in() {
    asks_for_tokens("token", &[]).await;
}

/// Runs a suite against a server that takes the tokens of an issuer, with such a token.
async fn asks_for_tokens(suite: &str, env: &[(&str, &str)]) {
    let signer = TokenSigner::rs256("of-this-test");
    let keys = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(keys.path(), json!({"keys": [signer.jwk()]}).to_string()).expect("it is written");
    let keys = keys.path().display().to_string();
    let auth = [("LARDER_AUTH_ISSUER", ISSUER), ("LARDER_AUTH_AUDIENCE", CLIENT), ("LARDER_AUTH_JWKS", keys.as_str())];
    let demo = Demo::start(&[&auth[..], env].concat()).await;
    let token = signer.sign(&json!({
        "iss": ISSUER,
        "client_id": CLIENT,
        "token_use": "access",
        "scope": "larder/read larder/admin",
        "cognito:groups": ["acct-all", "larder-admins"],
        "exp": SystemEnvironment::new().now().wall.as_secs() + 3_600,
    }));
    demo.passes(&[suite], &[("LARDER_TEST_TOKEN", &token)]).await;
}
