use axum::Json;
use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, Uri};

use super::body;
use super::parameters::Parameters;
use crate::problem::Problem;
use crate::queries::data_type_of_text;
use crate::{App, EntriesPage, InvalidationDone, InvalidationRequest, Principal, Stats};

/// How many entries are on a page where no limit is given.
pub(super) const DEFAULT_LIMIT: usize = 100;

/// Kills what matches, for every container; `{}` kills everything. Needs larder/admin.
#[utoipa::path(
    post,
    path = "/cache/invalidate",
    tag = "cache",
    request_body(content = super::openapi::InvalidationBody),
    responses((status = 200, description = "It is in effect.", body = InvalidationDone))
)]
pub(super) async fn invalidate(
    State(app): State<App>,
    principal: Principal,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<InvalidationDone>, Problem> {
    principal.check_administer()?;
    Parameters::of(&uri, &[])?;
    let request = InvalidationRequest::parse(&body::json(&headers, body).await?)?;
    app.invalidation().invalidate(&principal, &request).await.map(Json)
}

/// What this process counted since it began: hits, misses, stale answers, errors, bytes and latency.
#[utoipa::path(get, path = "/cache/stats", tag = "cache", responses((status = 200, description = "The counters.", body = Stats)))]
pub(super) async fn stats(State(app): State<App>, principal: Principal, uri: Uri) -> Result<Json<Stats>, Problem> {
    principal.check_read()?;
    Parameters::of(&uri, &[])?;
    Ok(Json(app.stats()))
}

/// What the store holds, of the accounts that the caller may see.
#[utoipa::path(
    get,
    path = "/cache/entries",
    tag = "cache",
    params(
        ("dataType" = Option<String>, Query, description = "One data type only; all in turn where absent"),
        ("limit" = Option<u32>, Query, description = "At most so many"),
        ("cursor" = Option<String>, Query, description = "The nextCursor of the page before"),
    ),
    responses((status = 200, description = "A page of entries.", body = EntriesPage))
)]
pub(super) async fn entries(
    State(app): State<App>,
    principal: Principal,
    uri: Uri,
) -> Result<Json<EntriesPage>, Problem> {
    principal.check_read()?;
    let parameters = Parameters::of(&uri, &["dataType", "limit", "cursor"])?;
    let data_type = parameters.get("dataType").map(data_type_of_text).transpose()?;
    let limit = parameters.limit()?.unwrap_or(DEFAULT_LIMIT);
    app.entries().page(&principal, data_type, parameters.get("cursor"), limit).await.map(Json)
}
