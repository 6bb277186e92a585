//! The stand-in's own routes, below `/_standin/`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Json, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use bytes::Bytes;
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::faults::{Fault, FaultDocument};
use crate::lives::{Delivery, Notification};
use crate::server::Server;

pub(crate) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/_standin/calls", get(calls))
        .route("/_standin/lives", get(lives))
        .route("/_standin/state-changes", get(state_changes))
        .route("/_standin/delivery", put(set_delivery))
        .route("/_standin/faults", get(list_faults).post(add_fault).delete(clear_faults))
}

async fn calls(State(server): State<Arc<Server>>) -> Json<Value> {
    Json(server.calls().document())
}

/// From one moment until another.
#[derive(Debug, Deserialize)]
struct Between {
    from: Timestamp,
    to: Timestamp,
}

/// Both ends come as they are in a query; a span that ends before it begins holds nothing.
async fn lives(State(server): State<Arc<Server>>, Query(Between { from, to }): Query<Between>) -> Json<Value> {
    let span = from..to;
    let lives = server.lives().during(&span);
    let rows = lives.iter().map(|life| {
        let tags: serde_json::Map<String, Value> =
            life.tags.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect();
        json!({
            "instanceId": life.id,
            "accountId": life.account_id.as_str(),
            "region": life.region,
            "tags": tags,
            "runningSeconds": life.running_seconds(&span),
        })
    });
    Json(json!({ "lives": rows.collect::<Vec<_>>() }))
}

async fn state_changes(State(server): State<Arc<Server>>, Query(Between { from, to }): Query<Between>) -> Json<Value> {
    let arriving = server.lives().notifications(&(from..to), &server.delivery());
    Json(json!({ "events": arriving.iter().map(Notification::document).collect::<Vec<_>>() }))
}

async fn set_delivery(State(server): State<Arc<Server>>, body: Bytes) -> Response {
    match serde_json::from_slice::<Delivery>(&body) {
        Ok(delivery) => {
            server.set_delivery(delivery);
            Json(delivery).into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error.to_string() }))).into_response(),
    }
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
