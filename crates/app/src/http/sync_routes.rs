use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Uri};
use larder_cache::Directives;
use larder_history::{Kind, What};
use larder_sources::AccountId;
use serde_json::Value;

use super::body;
use super::parameters::Parameters;
use crate::accounts_seen::named_accounts;
use crate::problem::{Code, Problem, quoted};
use crate::queries::account_of_text;
use crate::sync::{SyncReport, SyncRequest};
use crate::{App, ChosenRegions, Principal};

/// What the answer takes at the end of a request's time.
const TO_ANSWER: Duration = Duration::from_secs(2);

/// Fetches an account's instances past the cache, keeps what changed in the history, and refills the cache. Needs
/// larder/admin.
#[utoipa::path(
    post,
    path = "/ec2/api/accounts/{id}/sync",
    operation_id = "sync-instances",
    tag = "inventory",
    params(
        ("id" = String, Path, description = "The account"),
        ("region" = Option<String>, Query, description = "A region, several with commas between them, or all that the account may use"),
    ),
    responses((status = 200, description = "What was synced, and what could not be.", body = SyncReport))
)]
pub(super) async fn instances(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Json<SyncReport>, Problem> {
    of_resources(&app, &principal, &id, &uri, &[Kind::Instance]).await
}

/// The same for an account's own snapshots and AMIs. Needs larder/admin.
#[utoipa::path(
    post,
    path = "/snapshots/api/accounts/{id}/sync",
    operation_id = "sync-snapshots",
    tag = "inventory",
    params(
        ("id" = String, Path, description = "The account"),
        ("region" = Option<String>, Query, description = "A region, several with commas between them, or all that the account may use"),
    ),
    responses((status = 200, description = "What was synced, and what could not be.", body = SyncReport))
)]
pub(super) async fn snapshots(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Json<SyncReport>, Problem> {
    of_resources(&app, &principal, &id, &uri, &[Kind::Snapshot, Kind::Image]).await
}

/// The same for the costs of one account, several or all that the caller administers. AWS charges for each page. Needs
/// larder/admin.
#[utoipa::path(
    post,
    path = "/api/cost-data/sync",
    operation_id = "sync-costs",
    tag = "costs",
    params(("accountId" = Option<String>, Query, description = "Accounts with commas between them; all where absent")),
    request_body(content = Option<super::openapi::CostSyncBody>, description = "Instead of the parameter"),
    responses((status = 200, description = "What was synced, and what could not be.", body = SyncReport))
)]
pub(super) async fn costs(
    State(app): State<App>,
    principal: Principal,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<SyncReport>, Problem> {
    principal.check_administer()?;
    let parameters = Parameters::of(&uri, &["accountId"])?;
    let of_body = if has_body(&headers) { account_of_body(&body::json(&headers, body).await?)? } else { None };
    let accounts = match (parameters.get("accountId"), of_body) {
        (Some(_), Some(_)) => {
            let detail = "The account is named in the query and in the body; once will do.";
            return Err(Problem::new(Code::InvalidBody, detail));
        }
        (Some(text), None) => named_accounts(&principal, text)?,
        (None, of_body) => of_body.into_iter().collect(),
    };
    run(&app, &principal, &SyncRequest { accounts, ..SyncRequest::of_costs() }).await
}

async fn of_resources(
    app: &App,
    principal: &Principal,
    id: &str,
    uri: &Uri,
    kinds: &[Kind],
) -> Result<Json<SyncReport>, Problem> {
    principal.check_administer()?;
    let parameters = Parameters::of(uri, &["region"])?;
    let account = account_of_text(id)?;
    let regions = match parameters.get("region") {
        Some(text) => ChosenRegions::of_names(text.split(','))?,
        None => ChosenRegions::All,
    };
    let whats = kinds.iter().copied().map(What::Resources).collect();
    run(app, principal, &SyncRequest { accounts: vec![account], whats, regions }).await
}

async fn run(app: &App, principal: &Principal, request: &SyncRequest) -> Result<Json<SyncReport>, Problem> {
    let within = Directives::default().deadline.saturating_sub(TO_ANSWER);
    let report = app.sync().run(principal, request, within, &|_| {}).await?;
    report.unless_all_failed().map(Json)
}

/// A request without a body says so, or says nothing of its length.
fn has_body(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_LENGTH).map_or(headers.contains_key(http::header::TRANSFER_ENCODING), |length| length != "0")
}

/// Reads `{accountId?}`, and nothing else: a typo must never sync everything.
fn account_of_body(body: &Value) -> Result<Option<AccountId>, Problem> {
    let Value::Object(fields) = body else {
        return Err(Problem::new(Code::InvalidBody, "The body must be a JSON object; {} syncs every account."));
    };
    if let Some(unknown) = fields.keys().find(|field| *field != "accountId") {
        let detail = format!("There is no field {}. There is accountId.", quoted(unknown));
        return Err(Problem::new(Code::UnknownField, detail).with("known", vec!["accountId"]));
    }
    match fields.get("accountId") {
        None => Ok(None),
        Some(Value::String(text)) => account_of_text(text).map(Some),
        Some(_) => {
            let detail = "The field accountId must be a text; leave it out to mean every account.";
            Err(Problem::new(Code::InvalidBody, detail).with("field", "accountId"))
        }
    }
}
