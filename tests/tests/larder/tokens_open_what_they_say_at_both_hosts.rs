use std::path::Path;

use axum::Router;
use axum::routing::get;
use larder_tests::http_event;
use rstest::rstest;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::cloud::{Cloud, FIRST, table};
use crate::command::larder;
use crate::door::{Door, Reply, http_reply};
use crate::tokens::{AUDIENCE, Issued, PERMITTED, READ, REFUSED, with};

/// Where the server looks for the keys.
#[derive(Clone, Copy)]
enum Keys {
    File,
    Url,
    Discovered,
}

/// A `larder serve` that others reach, its issuer, and AWS behind it.
struct World {
    cloud: Cloud,
    issued: Issued,
    door: Door,
    _issuer: JoinSet<()>,
    _folder: tempfile::TempDir,
}

impl World {
    async fn start(keys: Keys) -> Self {
        let (issuer, listener) = listener().await;
        let issued = Issued::by(&issuer);
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("jwks.json");
        std::fs::write(&file, issued.key_set()).expect("it is written");
        let cloud = Cloud::start().await;
        let mut env = cloud.env(FIRST, &own_account(&cloud));
        env.extend(issuer_env(&issuer, keys, &file));
        let serving = serve_issuer(listener, &issuer, issued.key_set());
        let door = Door::serve_everybody(&["--store", "memory"], &env).await;
        Self { cloud, issued, door, _issuer: serving, _folder: folder }
    }

    async fn send(&self, (method, path, body): (&str, &str, Option<&str>), authorization: &[String]) -> Reply {
        let headers: Vec<_> = authorization.iter().map(|value| ("authorization", &**value)).collect();
        self.door.send(method, path, &headers, body).await
    }
}

#[rstest]
#[case::of_a_file(Keys::File)]
#[case::of_a_url(Keys::Url)]
#[case::of_the_discovery_document(Keys::Discovered)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_token_of_the_issuer_gets_nothing_from_larder_serve(#[case] keys: Keys) {
    let world = World::start(keys).await;
    for row in REFUSED {
        let authorization = (row.authorization)(&world.issued);
        let reply = world.send(READ, &authorization).await;
        assert_eq!((reply.status, &*reply.code()), (401, "UNAUTHENTICATED"), "{}: {}", row.name, reply.text);
        let challenge = &reply.headers["www-authenticate"];
        if row.reason.is_empty() {
            assert_eq!(challenge, "Bearer", "{}", row.name);
        } else {
            assert!(challenge.starts_with("Bearer error=\"invalid_token\", error_description=\""), "{challenge}");
            assert!(challenge.contains(row.reason) && reply.text.contains(row.reason), "{}: {reply:?}", row.name);
        }
        authorization.iter().for_each(|value| check_untold(&world.door, value));
        assert_eq!(all_calls(&world.cloud), 0, "{} reached AWS", row.name);
        assert_eq!(world.send(("GET", "/health", None), &authorization).await.status, 200, "{}", row.name);
    }
    let good = format!("Bearer {}", world.issued.token(&json!({})));
    assert_eq!(world.send(READ, &[good]).await.status, 200);
    assert!(all_calls(&world.cloud) > 0, "what reaches AWS is counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_at_larder_serve_what_it_says_and_is_in_no_log() {
    let world = World::start(Keys::File).await;
    for row in PERMITTED {
        let token = world.issued.token(&(row.claims)());
        let calls = all_calls(&world.cloud);
        let reply = world.send(row.asked, &[format!("Bearer {token}")]).await;
        check(row.name, &reply, row.answer);
        assert!(reply.status == 200 || all_calls(&world.cloud) == calls, "{} reached AWS", row.name);
        check_untold(&world.door, &token);
    }
    assert!(world.door.log().iter().any(|line| line.contains("/ec2/subnets")), "nothing is logged");
    for signer in &world.issued.other_kinds {
        let token = signer.sign(&world.issued.claims());
        assert_eq!(world.send(READ, &[format!("bearer  {token}")]).await.status, 200);
    }
}

/// The same rows, with the claims as the HTTP API's authorizer hands them over.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_at_the_query_handler_what_it_says() {
    let cloud = Cloud::start().await;
    let (table, endpoint) = table().await;
    let more = [("AWS_ENDPOINT_URL_DYNAMODB", endpoint), ("CACHE_TABLE_NAME", &*table)];
    let door = Door::function(&cloud.env(FIRST, &[&own_account(&cloud)[..], &more].concat())).await;
    let Door::Function(function) = &door else { panic!("a function") };
    let issued = Issued::by("https://idp.example");
    for row in PERMITTED {
        let (method, path, body) = row.asked;
        let mut event = http_event(method, path, &[], body, None);
        let claims = handed_over(&with(issued.claims(), &(row.claims)()));
        event["requestContext"]["authorizer"] = json!({"jwt": {"claims": claims, "scopes": null}});
        let calls = all_calls(&cloud);
        let reply = http_reply(&function.invoke(&event).await.expect("it answers"));
        check(row.name, &reply, row.answer);
        assert!(reply.status == 200 || all_calls(&cloud) == calls, "{} reached AWS", row.name);
    }
    assert!(all_calls(&cloud) > 0, "what reaches AWS is counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_shows_its_token_to_a_server_and_never_in_clear_to_another_machine() {
    let world = World::start(Keys::Url).await;
    let Door::Serve { url, .. } = &world.door else { panic!("it serves") };
    let status = async |url: &str, token: Option<String>| {
        let env: Vec<_> = token.map(|token| ("LARDER_TOKEN", token)).into_iter().collect();
        larder(&format!("cache status --url {url}"), &env).await
    };
    let token = |changed: Value| Some(world.issued.token(&changed));
    status(url, token(json!({}))).await.is(0, &["memory"]);
    status(url, None).await.is(4, &["LARDER_TOKEN"]);
    status(url, token(json!({"exp": world.issued.now - 300}))).await.is(4, &["has expired"]);
    status(url, token(json!({"scope": "openid"}))).await.is(4, &["larder/read"]);
    status("http://192.0.2.1:8080", token(json!({}))).await.is(2, &["in clear"]);
    let administrator = token(json!({"scope": "larder/admin", "cognito:groups": ["larder-admins", "acct-all"]}));
    let env = [("LARDER_TOKEN", administrator.expect("a token"))];
    larder(&format!("cache clear --all --url {url}"), &env).await.is(0, &[]);
}

fn check(name: &str, reply: &Reply, (status, code): (u16, &str)) {
    assert_eq!(reply.status, status, "{name}: {}", reply.text);
    if status != 200 {
        assert_eq!(reply.code(), code, "{name}");
    }
}

/// Holds that no part of a token is in the log, though everything is logged.
fn check_untold(door: &Door, authorization: &str) {
    for secret in authorization.split(['.', ' ']).filter(|part| part.len() > 40) {
        let told = door.log();
        assert!(!told.iter().any(|line| line.contains(secret)), "{secret}: {told:?}");
    }
}

/// That Larder knows its account, so that it has nothing to ask AWS before it decides.
fn own_account(cloud: &Cloud) -> [(&'static str, &'static str); 1] {
    assert_eq!(cloud.account(FIRST).id().to_string(), "111122223333");
    [("LARDER_ACCOUNT_ID", "111122223333")]
}

fn issuer_env(issuer: &str, keys: Keys, file: &Path) -> Vec<(&'static str, String)> {
    let place = match keys {
        Keys::File => Some(file.display().to_string()),
        Keys::Url => Some(format!("{issuer}/keys")),
        Keys::Discovered => None,
    };
    let audience = format!("another, {AUDIENCE}");
    let set = [("LARDER_AUTH_ISSUER", issuer.to_owned()), ("LARDER_AUTH_AUDIENCE", audience)];
    let set = set.into_iter().chain([("LOG_LEVEL", "trace".to_owned())]);
    set.chain(place.map(|place| ("LARDER_AUTH_JWKS", place))).collect()
}

async fn listener() -> (String, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    (format!("http://{}", listener.local_addr().expect("bound")), listener)
}

fn serve_issuer(listener: TcpListener, issuer: &str, keys: String) -> JoinSet<()> {
    let discovery = json!({"issuer": issuer, "jwks_uri": format!("{issuer}/keys")}).to_string();
    let routes = Router::new()
        .route("/.well-known/openid-configuration", get(async || discovery))
        .route("/keys", get(async || keys));
    let mut serving = JoinSet::new();
    serving.spawn(async move { axum::serve(listener, routes).await.expect("it serves") });
    serving
}

/// Every call, also those that only ask who Larder is.
fn all_calls(cloud: &Cloud) -> u64 {
    cloud.standin.calls().values().sum()
}

/// Every claim as a text, a list as `[a b]`.
fn handed_over(claims: &Value) -> Map<String, Value> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| item.as_str().expect("a text")).collect();
            format!("[{}]", items.join(" "))
        }
        other => other.to_string(),
    };
    let claims = claims.as_object().expect("an object");
    claims.iter().map(|(name, value)| (name.clone(), Value::from(text(value)))).collect()
}
