use axum::extract::State;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderMap, Uri};
use larder_history::Which;
use sha2::{Digest, Sha256};

use super::answer::{Told, respond};
use super::parameters::Parameters;
use crate::history_queries::{AskedHistory, HISTORY_QUERIES, HistoryQuery, HistoryReport};
use crate::problem::{Code, Problem, quoted};
use crate::sync::{AskedRecords, Records};
use crate::{App, Principal};

/// The parameter of every query's route.
pub(super) const ACCOUNTS: &str = "accountId";
/// How many records are told where no limit is given.
pub(super) const DEFAULT_LIMIT: usize = 100;

/// The routes of the table of queries.
pub(super) fn routes() -> Router<App> {
    HISTORY_QUERIES.iter().fold(Router::new(), |router, query| router.route(&query.path(), route(query)))
}

fn route(query: &'static HistoryQuery) -> MethodRouter<App> {
    get(move |State(app): State<App>, principal: Principal, uri: Uri, headers: HeaderMap| async move {
        answer(&app, &principal, query, &uri, &headers).await
    })
}

async fn answer(
    app: &App,
    principal: &Principal,
    query: &HistoryQuery,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    principal.check_read()?;
    let names = query.parameters.iter().map(|parameter| parameter.name);
    let names: Vec<_> = std::iter::once(ACCOUNTS).chain(names).collect();
    let parameters = Parameters::of(uri, &names)?;
    let words = names.iter().skip(1).filter_map(|name| Some((*name, parameters.get(name)?))).collect();
    let asked = AskedHistory { accounts: parameters.get(ACCOUNTS), words };
    let answer = query.ask(app, principal, &asked).await?;
    let body = serde_json::to_vec(&answer)
        .map_err(|error| Problem::new(Code::Internal, format!("The rows can't be written as JSON: {error}.")))?;
    let told = Told {
        etag: Some(hex::encode(&Sha256::digest(&body)[..16])),
        age: None,
        cache_status: None,
        if_too_large: " Ask for fewer days or accounts.",
    };
    Ok(respond(headers, told, Bytes::from(body)))
}

/// What became of the syncs, newest first: who wanted them, what changed, and what could not be had.
#[utoipa::path(
    get,
    path = "/history/syncs",
    operation_id = "history-syncs",
    tag = "history",
    params(
        ("accountId" = Option<String>, Query, description = "Accounts with commas between them; all that the caller may see where absent"),
        ("failed" = Option<String>, Query, description = "true for those that failed; all where absent"),
        ("limit" = Option<u32>, Query, description = "At most so many"),
    ),
    responses((status = 200, description = "The records.", body = Records))
)]
pub(super) async fn syncs(State(app): State<App>, principal: Principal, uri: Uri) -> Result<Json<Records>, Problem> {
    principal.check_read()?;
    let parameters = Parameters::of(&uri, &[ACCOUNTS, "failed", "limit"])?;
    let which = match parameters.get("failed") {
        None | Some("false") => Which::All,
        Some("true") => Which::Failed,
        Some(other) => {
            let detail = format!("failed is {} and can be true or false.", quoted(other));
            return Err(Problem::new(Code::InvalidParameter, detail));
        }
    };
    let limit = u32::try_from(parameters.limit()?.unwrap_or(DEFAULT_LIMIT)).unwrap_or(u32::MAX);
    app.records(&principal, &AskedRecords { accounts: parameters.get(ACCOUNTS), which, limit }).await.map(Json)
}

/// What the history's database is and holds.
#[utoipa::path(
    get,
    path = "/history/status",
    operation_id = "history-status",
    tag = "history",
    responses((status = 200, description = "The database.", body = HistoryReport))
)]
pub(super) async fn status(
    State(app): State<App>,
    principal: Principal,
    uri: Uri,
) -> Result<Json<HistoryReport>, Problem> {
    principal.check_read()?;
    Parameters::of(&uri, &[])?;
    app.history_report(&principal).await.map(Json)
}
