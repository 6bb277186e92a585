use axum::Json;
use axum::extract::{Path, State};
use http::Uri;

use super::paging::{cursor_after, read_cursor};
use super::parameters::{LARGEST_LIMIT, Parameters};
use crate::problem::Problem;
use crate::queries::{account_of_text, region_of_text};
use crate::runtime::{AskedServer, AskedServers, KeptAnswer, MonthOfServers, month_of_text};
use crate::{App, Principal};

/// How long each EC2 server with the app tag ran in a month, with bounds: the answers that are kept, in the order of ids.
#[utoipa::path(
    get,
    path = "/runtime/servers",
    tag = "runtime",
    params(
        ("month" = Option<String>, Query, description = "Such as 2025-11; the current one where absent"),
        ("region" = Option<String>, Query, description = "Of that region only"),
        ("accountId" = Option<String>, Query, description = "Of that account only"),
        ("limit" = Option<u32>, Query, description = "At most so many"),
        ("cursor" = Option<String>, Query, description = "The nextCursor of the page before"),
    ),
    responses((status = 200, description = "A page of servers.", body = super::openapi::ServersPage))
)]
pub(super) async fn servers(
    State(app): State<App>,
    principal: Principal,
    uri: Uri,
) -> Result<Json<MonthOfServers>, Problem> {
    principal.check_read()?;
    let parameters = Parameters::of(&uri, &["month", "region", "accountId", "limit", "cursor"])?;
    let asked = AskedServers {
        month: parameters.get("month").map(month_of_text).transpose()?,
        accounts: parameters.get("accountId").map(account_of_text).transpose()?.into_iter().collect(),
        regions: parameters.get("region").map(region_of_text).transpose()?.into_iter().collect(),
        after: parameters.get("cursor").map(read_cursor).transpose()?,
        limit: parameters.limit()?.or(Some(LARGEST_LIMIT)),
    };
    let told = app.runtime()?.servers(&principal, &asked).await?;
    Ok(Json(MonthOfServers { next_cursor: told.next_cursor.as_deref().map(cursor_after), ..told }))
}

/// How long one EC2 server ran in a month, with bounds: the answer that is kept, else one that is worked out at once.
#[utoipa::path(
    get,
    path = "/runtime/servers/{instanceId}",
    tag = "runtime",
    params(
        ("instanceId" = String, Path, description = "Such as i-0123456789abcdef0"),
        ("month" = Option<String>, Query, description = "Such as 2025-11; the current one where absent"),
        ("region" = Option<String>, Query, description = "Where it is, if that is known: fewer places are asked then"),
        ("accountId" = Option<String>, Query, description = "Whose it is, if that is known"),
    ),
    responses((status = 200, description = "The server.", body = super::openapi::ServerMinutes))
)]
pub(super) async fn server(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Json<KeptAnswer>, Problem> {
    principal.check_read()?;
    let parameters = Parameters::of(&uri, &["month", "region", "accountId"])?;
    let asked = AskedServer {
        id: &id,
        month: parameters.get("month").map(month_of_text).transpose()?,
        account: parameters.get("accountId").map(account_of_text).transpose()?,
        region: parameters.get("region").map(region_of_text).transpose()?,
    };
    app.runtime()?.server(&principal, &asked).await.map(Json)
}
