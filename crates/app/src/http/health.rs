use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;

/// That the process lives, and how its store is. A process without a store answers too, from AWS.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Health {
    /// `ok`.
    status: &'static str,
    /// `ok`, `absent` or `left alone`.
    store: &'static str,
    /// Why the store is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// How many entries could not be written to the store since the process began; a full disk shows here.
    failed_writes: u64,
}

/// Liveness. Needs no token.
#[utoipa::path(get, path = "/health", tag = "larder", security(()), responses((status = 200, description = "The process lives.", body = Health)))]
pub(super) async fn health(State(app): State<App>) -> Json<Health> {
    Json(Health {
        status: "ok",
        store: app.store_health(),
        reason: app.store().reason.clone(),
        failed_writes: app.cache().statistics().events.write_failed,
    })
}
