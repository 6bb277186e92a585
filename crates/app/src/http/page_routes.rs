use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY};
use http::header::{VARY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use larder_dashboard::{Asset, Lasting, content_security_policy, page};
use serde::Serialize;

use super::Process;
use super::answer::matches_any;
use super::no_route;
use crate::App;
use crate::configuration::PageConfiguration;

/// The page. Anyone may see it: it holds nothing until its reader has logged in.
pub(super) async fn index(State(app): State<App>, request: HeaderMap) -> Response {
    serve(page().index(), &request, app.page())
}

/// A file of the page.
pub(super) async fn asset(State(app): State<App>, Path(path): Path<String>, request: HeaderMap, uri: Uri) -> Response {
    match page().asset(&path) {
        Some(asset) => serve(&asset, &request, app.page()),
        None => no_route(uri).await.into_response(),
    }
}

/// What the page has to know of the server that it came from.
#[derive(Serialize)]
struct ToldToPage<'a> {
    /// Where people log in; absent where the server asks for no token, or has no page to log in on.
    login: Option<Login<'a>>,
    /// Whether GET /events tells what changes.
    events: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Login<'a> {
    domain: &'a str,
    client_id: &'a str,
}

/// How to log in, and whether there are events.
pub(super) async fn config(State(app): State<App>, Extension(process): Extension<Process>) -> Response {
    let PageConfiguration { login_domain, client_id } = app.page();
    let login = login_domain.as_deref().zip(client_id.as_deref());
    let login = login.map(|(domain, client_id)| Login { domain, client_id });
    let mut response = Json(ToldToPage { login, events: process == Process::Lasting }).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    secure(response.headers_mut(), app.page());
    response
}

fn serve(asset: &Asset, request: &HeaderMap, configuration: &PageConfiguration) -> Response {
    let mut known = request.get_all(IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut response = if known.any(|line| matches_any(line, &asset.etag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, asset.content_type)], Body::from(asset.bytes.to_vec())).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static(match asset.lasting {
            Lasting::ForEver => "public, max-age=31536000, immutable",
            Lasting::UntilChanged => "no-cache",
        }),
    );
    // Weak, since the bytes differ by how they are compressed on their way.
    if let Ok(etag) = HeaderValue::try_from(format!("W/\"{}\"", asset.etag)) {
        headers.insert(ETAG, etag);
    }
    secure(headers, configuration);
    response
}

/// What keeps a browser from taking the page for something else, or anything else for the page.
fn secure(headers: &mut HeaderMap, configuration: &PageConfiguration) {
    // Where no policy can be made with the domain, the page gets one without: it can't log in, and does no harm.
    let policy =
        content_security_policy(configuration.login_domain.as_deref()).or_else(|| content_security_policy(None));
    if let Some(policy) = policy.and_then(|policy| HeaderValue::try_from(policy).ok()) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // It is the same for everybody, whatever their token.
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
}
