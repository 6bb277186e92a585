use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use http::{HeaderMap, Uri};

use super::answer::{Told, respond};
use super::cache_control::directives;
use super::cache_status::regional_cache_status;
use super::paging::{cursor_after, read_cursor};
use super::parameters::Parameters;
use crate::inventory::{AskedInventory, INVENTORY, InventoryKind, InventoryPage};
use crate::problem::{Code, Problem};
use crate::{App, Principal};

/// The parameters of every inventory's route.
pub(super) const PARAMETERS: &[&str] = &["region", "limit", "cursor"];

/// The routes of the table of kinds.
pub(super) fn routes() -> Router<App> {
    INVENTORY.iter().fold(Router::new(), |router, kind| router.route(kind.path, route(kind)))
}

fn route(kind: &'static InventoryKind) -> MethodRouter<App> {
    get(
        move |State(app): State<App>, principal: Principal, Path(id): Path<String>, uri: Uri, headers: HeaderMap| async move {
            answer(&app, &principal, (kind, &id), &uri, &headers).await
        },
    )
}

async fn answer(
    app: &App,
    principal: &Principal,
    (kind, account): (&'static InventoryKind, &str),
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    principal.check_read()?;
    let parameters = Parameters::of(uri, PARAMETERS)?;
    let page =
        InventoryPage { after: parameters.get("cursor").map(place_of_cursor).transpose()?, limit: parameters.limit()? };
    let asked = AskedInventory { kind, account, region: parameters.get("region") };
    let answer = app.inventory().ask(principal, &asked, &directives(headers)).await?;
    let body = answer.body(&page, |region, id| cursor_after(&format!("{region}/{id}")))?;
    let told = Told {
        etag: answer.etag(),
        age: answer.age(),
        cache_status: Some(regional_cache_status(answer.cached(), kind.data_type()?)),
        if_too_large: " Ask for a part with limit, and the rest with cursor.",
    };
    Ok(respond(headers, told, body))
}

/// A region and an id, which have no slash.
fn place_of_cursor(cursor: &str) -> Result<(String, String), Problem> {
    let place = read_cursor(cursor)?;
    let (region, id) = place.split_once('/').ok_or_else(|| {
        Problem::new(Code::InvalidCursor, "The cursor is not the nextCursor of an earlier answer of this route.")
    })?;
    Ok((region.to_owned(), id.to_owned()))
}
