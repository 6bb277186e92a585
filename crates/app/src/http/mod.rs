//! One router for both hosts: routes from the rows of the data-type table, and the cache's own.

mod cache_routes;
mod cost_routes;
mod data;
mod events_route;
mod health;
mod history_routes;
mod inventory_routes;
mod metrics_route;
mod openapi;
mod page_routes;
mod runtime_routes;
mod sync_routes;

mod access_log;
mod answer;
mod bearer;
mod body;
mod cache_control;
mod cache_status;
mod guard;
mod local;
mod paging;
mod parameters;
mod refusal;

use axum::http::{Method, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use axum::{Extension, Router};
use larder_sources::DATA_TYPES;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::problem::{Code, Problem, quoted};

pub use bearer::admit_bearer;
pub use local::admit_local;

/// Every route. A request must carry a [`crate::Principal`] among its extensions, put there by the host that
/// authenticated it; without one it gets only the public routes.
pub fn router(app: App) -> Router {
    router_behind(app, Process::Frozen, |routes| routes)
}

/// How a host's process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Process {
    /// It goes on between requests: it can tell what changes (GET /events), and what it measured since it began (GET
    /// /metrics).
    Lasting,
    /// It may be frozen once it has answered, and is one of many.
    Frozen,
}

/// The same behind what the host lets requests pass through first: whatever it refuses is logged like any other answer.
pub fn router_behind(app: App, process: Process, admission: impl FnOnce(Router) -> Router) -> Router {
    admission(routes(app.clone(), process))
        .layer(CatchPanicLayer::custom(refusal::of_panic))
        .layer(from_fn_with_state(app, access_log::log))
        .layer(CompressionLayer::new())
}

fn routes(app: App, process: Process) -> Router {
    let (own, document) = own_routes().split_for_parts();
    let rows = DATA_TYPES.iter().fold(Router::new(), |router, row| router.route(row.path, data::route(row)));
    own.merge(rows)
        .merge(inventory_routes::routes())
        .merge(history_routes::routes())
        .merge(routes_of_page())
        .merge(routes_of_process(process))
        .route("/openapi.json", get(openapi::serve))
        .fallback(no_route)
        .method_not_allowed_fallback(wrong_method)
        .with_state(app)
        .layer(Extension(openapi::Document::of(document)))
        .layer(Extension(process))
        .layer(from_fn(guard::authenticated))
}

/// Not in the OpenAPI document: they are for the page, and change with it.
fn routes_of_page() -> Router<App> {
    Router::new()
        .route("/", get(page_routes::index))
        .route("/assets/config.json", get(page_routes::config))
        .route("/assets/{*path}", get(page_routes::asset))
}

/// Neither are these, which not every host has.
fn routes_of_process(process: Process) -> Router<App> {
    match process {
        Process::Lasting => {
            Router::new().route("/events", get(events_route::events)).route("/metrics", get(metrics_route::metrics))
        }
        Process::Frozen => Router::new(),
    }
}

fn own_routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::skeleton())
        .routes(routes!(cache_routes::invalidate))
        .routes(routes!(cache_routes::stats))
        .routes(routes!(cache_routes::entries))
        .routes(routes!(runtime_routes::servers))
        .routes(routes!(runtime_routes::server))
        .routes(routes!(sync_routes::instances))
        .routes(routes!(sync_routes::snapshots))
        .routes(routes!(sync_routes::costs))
        .routes(routes!(cost_routes::costs))
        .routes(routes!(history_routes::syncs))
        .routes(routes!(history_routes::status))
        .routes(routes!(health::health))
}

async fn no_route(uri: Uri) -> Problem {
    Problem::new(Code::NotFound, format!("There is no route {}; /openapi.json lists them.", quoted(uri.path())))
}

async fn wrong_method(method: Method, uri: Uri) -> Problem {
    let detail = format!("{} does not take {}.", quoted(uri.path()), quoted(method.as_str()));
    Problem::new(Code::MethodNotAllowed, detail)
}

#[cfg(test)]
mod tests;
