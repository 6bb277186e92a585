use axum::extract::{FromRequestParts, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, VARY};
use http::request::Parts;

use crate::problem::{Code, Problem};
use crate::{Principal, RefusedToken};

/// Routes that anyone may ask.
const PUBLIC: &[&str] = &["/", "/health"];
/// What the routes begin with that anyone may ask besides: the files of the page.
const PUBLIC_BELOW: &str = "/assets/";

/// Whether anyone may ask for it.
pub(super) fn is_public(path: &str) -> bool {
    PUBLIC.contains(&path) || path.starts_with(PUBLIC_BELOW)
}

/// Lets nothing but the public routes through without a principal; an unknown route neither, so that nobody learns
/// from outside which there are.
pub(super) async fn authenticated(request: Request, next: Next) -> Response {
    if !is_public(request.uri().path()) && request.extensions().get::<Principal>().is_none() {
        return match request.extensions().get::<RefusedToken>() {
            Some(refused) => refused.into_response(),
            None => unauthenticated().into_response(),
        };
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // What one caller may see is no other's, and what was right a moment ago may be invalidated.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    headers.entry(VARY).or_insert(HeaderValue::from_static("Authorization"));
    response
}

fn unauthenticated() -> Problem {
    Problem::new(Code::Unauthenticated, "This needs a valid access token in the header Authorization.")
}

impl<S: Sync> FromRequestParts<S> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(unauthenticated)
    }
}
