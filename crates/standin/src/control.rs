//! The stand-in's own routes, below `/_standin/`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Json, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use crate::faults::{Fault, FaultDocument};
use crate::server::Server;

pub(crate) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/_standin/calls", get(calls))
        .route("/_standin/faults", get(list_faults).post(add_fault).delete(clear_faults))
}

async fn calls(State(server): State<Arc<Server>>) -> Json<Value> {
    Json(server.calls().document())
}

async fn list_faults(State(server): State<Arc<Server>>) -> Json<Value> {
    let faults: Vec<FaultDocument> = server.active_faults().into_iter().map(FaultDocument::from).collect();
    Json(json!({ "faults": faults }))
}

async fn add_fault(State(server): State<Arc<Server>>, body: Bytes) -> Response {
    let read = serde_json::from_slice::<FaultDocument>(&body).map_err(|error| error.to_string());
    let fault = read.and_then(|document| Fault::try_from(document).map_err(str::to_owned));
    let added = fault.and_then(|fault| {
        server.add_fault(fault.clone()).map_err(|unknown| unknown.to_string())?;
        Ok(FaultDocument::from(fault))
    });
    match added {
        Ok(document) => (StatusCode::CREATED, Json(document)).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response(),
    }
}

async fn clear_faults(State(server): State<Arc<Server>>) -> StatusCode {
    server.clear_faults();
    StatusCode::NO_CONTENT
}
