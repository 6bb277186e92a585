mod accounts;
mod all_regions;
mod answers;
mod arbitrary;
mod authorisation;
mod aws_words;
mod bad_input;
mod cache;
mod costs;
mod document;
mod hanging_regions;
mod inventory;
mod page;
mod regions;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;

use crate::Principal;
use crate::test_app::TestApp;

const SUBNETS: &str = "/ec2/subnets?region=us-east-1";
const THREE_SUBNETS: &str = r#"{"subnets":[{"subnetId":"subnet-1"},{"subnetId":"subnet-2"},{"subnetId":"subnet-3"}]}"#;

/// What came back.
struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("text")).unwrap_or_default()
    }

    /// The code of a problem document, checked to be a whole one.
    fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let document = self.json();
        assert_eq!(document["status"], self.status.as_u16());
        assert!(document["detail"].as_str().is_some_and(|detail| detail.ends_with(['.', '?'])), "{document}");
        document["code"].as_str().expect("a code").to_owned()
    }
}

fn request(method: &str, uri: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let builder = Request::builder().method(method).uri(uri);
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
    builder.body(body.into()).expect("a request")
}

async fn send(router: Router, request: Request<Body>) -> Got {
    let response = router.oneshot(request).await.expect("a response");
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
    Got { status: parts.status, headers: parts.headers, body }
}

async fn send_as(test: &TestApp, principal: Option<Principal>, mut request: Request<Body>) -> Got {
    if let Some(principal) = principal {
        request.extensions_mut().insert(principal);
    }
    send(super::router(test.app.clone()), request).await
}

/// Who has a token to read, of these groups.
fn reader(groups: &str) -> Option<Principal> {
    let claims = [("token_use", "access"), ("scope", "larder/read"), ("cognito:groups", groups)];
    let claims = claims.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Principal::from_claims(&claims, &[])
}

async fn get_as(test: &TestApp, principal: Option<Principal>, uri: &str) -> Got {
    send_as(test, principal, request("GET", uri, &[], Body::empty())).await
}

async fn get_with(test: &TestApp, uri: &str, headers: &[(&str, &str)]) -> Got {
    send_as(test, Some(Principal::local()), request("GET", uri, headers, Body::empty())).await
}

async fn get(test: &TestApp, uri: &str) -> Got {
    get_with(test, uri, &[]).await
}

async fn invalidate(test: &TestApp, body: &str) -> Got {
    send_as(test, Some(Principal::local()), request("POST", "/cache/invalidate", &[], body.to_owned())).await
}
