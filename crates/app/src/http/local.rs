use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, Uri};

use crate::Principal;
use crate::private_uri::is_loopback;
use crate::problem::{Code, Problem};

/// Makes the person at this machine the principal of every request to a server on loopback.
///
/// A page of another site can make a browser send requests here. It can't read what a host name of this machine
/// answers, so a request by another name (DNS rebinding) is refused, and it can't hide its origin when it changes
/// something, so one of another origin is refused too.
pub async fn admit_local(mut request: Request, next: Next) -> Response {
    let host = host_of(request.uri(), request.headers());
    if !host.as_ref().is_some_and(|host| is_loopback(host.host())) {
        let detail = "This server answers only to localhost, 127.0.0.1 and [::1] as host.";
        return Problem::new(Code::Forbidden, detail).into_response();
    }
    if !request.method().is_safe() && !same_origin(request.headers(), host.as_ref()) {
        let detail = "A page of another site may not change anything here.";
        return Problem::new(Code::Forbidden, detail).into_response();
    }
    request.extensions_mut().insert(Principal::local());
    next.run(request).await
}

fn host_of(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    // HTTP/2 and absolute-form requests carry it in the URI.
    uri.authority().cloned().or_else(|| headers.get(HOST)?.to_str().ok()?.parse().ok())
}

/// Programs that are no browsers send no origin.
fn same_origin(headers: &HeaderMap, host: Option<&Authority>) -> bool {
    headers.get_all(ORIGIN).iter().all(|origin| {
        let origin = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
        origin.is_some_and(|origin| host.is_some_and(|host| host.as_str().eq_ignore_ascii_case(origin)))
    })
}
