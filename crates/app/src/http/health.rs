use axum::extract::State;
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{App, Principal};

/// Why there is no store, for everybody: the real reason may name a path or a table.
const REASON: &str = "the store is switched off or could not be opened; the log and /cache/stats say more";

/// That the process lives, and how its store is. A process without a store answers too, from AWS.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Health {
    /// `ok`.
    status: &'static str,
    /// `ok`, `absent` or `left alone`.
    store: &'static str,
    /// Why the store is absent; in general words without a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// `ok`, `absent`, `unavailable` or `not asked yet`, as whoever asked last found it.
    history: &'static str,
    /// How many entries could not be written to the store since the process began; a full disk shows here.
    failed_writes: u64,
}

/// Liveness. Needs no token.
#[utoipa::path(get, path = "/health", tag = "larder", security(()), responses((status = 200, description = "The process lives.", body = Health)))]
pub(super) async fn health(State(app): State<App>, principal: Option<Extension<Principal>>) -> Json<Health> {
    let is_known = principal.is_some_and(|principal| principal.check_read().is_ok());
    let reason = app.store().reason.as_deref().map(|reason| if is_known { reason } else { REASON });
    Json(Health {
        status: "ok",
        store: app.store_health(),
        reason: reason.map(str::to_owned),
        history: app.history().health().name(),
        failed_writes: app.cache().statistics().events.write_failed,
    })
}
