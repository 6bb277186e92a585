//! One router for both hosts: routes from the rows of the data-type table, and the cache's own.

mod cache_routes;
mod data;
mod health;
mod openapi;
mod runtime_routes;

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
    router_behind(app, |routes| routes)
}

/// The same behind what the host lets requests pass through first: whatever it refuses is logged like any other answer.
pub fn router_behind(app: App, admission: impl FnOnce(Router) -> Router) -> Router {
    admission(routes(app.clone()))
        .layer(CatchPanicLayer::custom(refusal::of_panic))
        .layer(from_fn_with_state(app, access_log::log))
        .layer(CompressionLayer::new())
}

fn routes(app: App) -> Router {
    let (own, document) = own_routes().split_for_parts();
    let rows = DATA_TYPES.iter().fold(Router::new(), |router, row| router.route(row.path, data::route(row)));
    own.merge(rows)
        .route("/openapi.json", axum::routing::get(openapi::serve))
        .fallback(no_route)
        .method_not_allowed_fallback(wrong_method)
        .with_state(app)
        .layer(Extension(openapi::Document::of(document)))
        .layer(from_fn(guard::authenticated))
}

fn own_routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::skeleton())
        .routes(routes!(cache_routes::invalidate))
        .routes(routes!(cache_routes::stats))
        .routes(routes!(cache_routes::entries))
        .routes(routes!(runtime_routes::servers))
        .routes(routes!(runtime_routes::server))
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
