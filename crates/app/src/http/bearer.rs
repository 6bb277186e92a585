use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue};

use super::guard::is_public;
use crate::problem::{Code, Problem};
use crate::{Issuer, RefusedToken};

/// Puts the principal on a request whose access token the issuer gave, in place of the token: nothing behind this needs
/// it, or could log it.
pub async fn admit_bearer(State(issuer): State<Arc<Issuer>>, mut request: Request, next: Next) -> Response {
    let token = token_of(request.headers());
    request.headers_mut().remove(AUTHORIZATION);
    if !is_public(request.uri().path()) {
        let principal = match token {
            Ok(Some(token)) => issuer.principal_of(&token).await.map(Some),
            Ok(None) => Ok(None),
            Err(refused) => Err(refused),
        };
        match principal {
            Ok(Some(principal)) => _ = request.extensions_mut().insert(principal),
            Ok(None) => {}
            // The guard answers it, so that it is logged and counted as any other.
            Err(refused) => _ = request.extensions_mut().insert(refused),
        }
    }
    next.run(request).await
}

/// The token of RFC 6750, section 2.1, whose scheme may be written in any case (RFC 9110, section 11.1).
fn token_of(headers: &HeaderMap) -> Result<Option<String>, RefusedToken> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let Some(one) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err(RefusedToken::Several);
    }
    let text = one.to_str().map_err(|_| RefusedToken::Malformed)?;
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Ok(None);
    }
    Ok(Some(token.trim_start_matches(' ').to_owned()))
}

impl IntoResponse for RefusedToken {
    fn into_response(self) -> Response {
        let detail = format!("The access token is not taken: {self}.");
        if self == Self::NoKeys {
            return Problem::new(Code::IssuerUnavailable, detail).retry_after(Issuer::LEFT_ALONE_FOR).into_response();
        }
        let challenge = format!("Bearer error=\"invalid_token\", error_description=\"{detail}\"");
        let mut response = Problem::new(Code::Unauthenticated, detail).into_response();
        if let Ok(challenge) = HeaderValue::try_from(challenge) {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
