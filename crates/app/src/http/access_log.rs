use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue, Method, Uri};
use larder_sources::AccountId;
use tracing::{Instrument, Span};

use super::answer::CACHE_STATUS;
use crate::problem::Problem;
use crate::queries::region_of_text;
use crate::{App, RequestId};

/// Gives each request an id, unless its host has put one among its extensions, and writes one line of the log for it.
///
/// The line has nothing that a caller can write what they like into: no header, no path but the route's template, and of
/// the query only what is a region or an account. Whoever sends a token where none belongs does not find it there.
pub(super) async fn log(State(app): State<App>, request: Request, next: Next) -> Response {
    let environment = app.environment();
    let began = environment.now();
    let id = request.extensions().get().cloned().unwrap_or_else(|| RequestId::new(environment));
    let route = request.extensions().get::<MatchedPath>().map(|route| route.as_str().to_owned());
    let asked = Asked::of(request.uri());
    let method = request.method().clone();
    let span = span_of(&id);
    async {
        let mut response = next.run(request).await;
        identify(&mut response, &method, &id);
        let ms = environment.now().since(began).as_secs_f64() * 1_000.0;
        let (status, cache) = (response.status().as_u16(), cache_summary(response.headers()));
        let Asked { region, account } = asked;
        tracing::info!(method = told(&method), route, status, ms, cache, region, account, "a request was answered");
        response
    }
    .instrument(span)
    .await
}

/// Not of this module, whose lines a server on a laptop does not show: other lines have the id too, errors that are all
/// that is logged included.
fn span_of(id: &RequestId) -> Span {
    tracing::error_span!(target: "larder_app", "request", request_id = %id)
}

/// Puts the id on an answer: into its header, and into its document if it is a problem.
fn identify(response: &mut Response, method: &Method, id: &RequestId) {
    let problem = response.extensions_mut().remove::<Problem>();
    if let Some(problem) = problem.filter(|_| method != Method::HEAD) {
        response.headers_mut().remove(CONTENT_LENGTH);
        *response.body_mut() = Body::from(problem.of_request(id).document().to_string());
    }
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(RequestId::HEADER, value);
    }
}

/// What a question's query says, as far as it is what the program itself knows: a text of the caller's own is left out.
struct Asked {
    region: Option<String>,
    account: Option<String>,
}

impl Asked {
    fn of(uri: &Uri) -> Self {
        let query: Vec<(String, String)> =
            serde_urlencoded::from_str(uri.query().unwrap_or_default()).unwrap_or_default();
        let known = |name: &str, is_known: fn(&str) -> bool| {
            let text = query.iter().find(|(given, _)| given == name).map(|(_, text)| text.clone());
            text.filter(|text| text.split(',').all(is_known))
        };
        Self {
            region: known("region", |name| name == "all" || region_of_text(name).is_ok()),
            account: known("accountId", |text| AccountId::parse(text).is_some()),
        }
    }
}

/// The method, if it is one of RFC 9110's: any word can be one.
fn told(method: &Method) -> &str {
    const KNOWN: [Method; 7] =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    if KNOWN.contains(method) { method.as_str() } else { "another" }
}

/// The way that RFC 9211's `Cache-Status` tells, without what each of several regions has to say.
fn cache_summary(headers: &HeaderMap) -> Option<&str> {
    const LONGEST: usize = 128;
    let status = headers.get(CACHE_STATUS)?.to_str().ok()?.strip_prefix("larder; ")?;
    let way = status.split_once("; detail=").map_or(status, |(way, _)| way);
    Some(if status.len() <= LONGEST { status } else { way })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_query_only_regions_and_accounts_are_told() {
        let asked = |query: &str| {
            let Asked { region, account } = Asked::of(&format!("/x?{query}").parse().expect("a URI"));
            (region.unwrap_or_default(), account.unwrap_or_default())
        };
        let of = |region: &str, account: &str| (region.to_owned(), account.to_owned());
        assert_eq!(
            asked("region=us-east-1,eu-west-1&accountId=111122223333"),
            of("us-east-1,eu-west-1", "111122223333")
        );
        assert_eq!(asked("region=all"), of("all", ""));
        assert_eq!(asked("region=eyJhbGciOiJub25lIn0.e30.&accountId=secret&token=secret"), of("", ""));
        assert_eq!(asked("region=us-east-1,secret"), of("", ""));
    }

    #[test]
    fn many_regions_make_no_long_line() {
        let summary = |status: &str| {
            let headers = HeaderMap::from_iter([(CACHE_STATUS, HeaderValue::from_str(status).expect("ASCII"))]);
            cache_summary(&headers).map(str::to_owned)
        };
        assert_eq!(summary("larder; hit; ttl=281; detail=memory").as_deref(), Some("hit; ttl=281; detail=memory"));
        let long = format!("larder; fwd=miss; stored; ttl=9; detail=\"{}\"", "us-east-1 upstream, ".repeat(30));
        assert_eq!(summary(&long).as_deref(), Some("fwd=miss; stored; ttl=9"));
        assert_eq!(cache_summary(&HeaderMap::new()), None);
    }
}
