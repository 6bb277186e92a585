//! The OpenAPI document: the handlers' own words, the rows of the data-type table, and the table of problems.

mod history;
mod inventory;
mod problems;
mod rows;
mod runtime;

use std::sync::{Arc, LazyLock};

use axum::Extension;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::Uri;
use http::header::CONTENT_TYPE;
use larder_sources::{DATA_TYPES, Region};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};

use super::cache_routes::DEFAULT_LIMIT;
use super::parameters::{LARGEST_LIMIT, Parameters};
use crate::Principal;
use crate::problem::Problem;

pub(super) use runtime::{ServerMinutes, ServersPage};

/// The document, made when it is first asked for: that takes longer than the rest of a function's start.
#[derive(Clone)]
pub(super) struct Document(Arc<LazyLock<Bytes, Box<dyn FnOnce() -> Bytes + Send>>>);

impl Document {
    pub(super) fn of(handlers: OpenApi) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(move || whole(handlers).into()))))
    }
}

/// Which entries; each part given, or any. An empty object is everything.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used; InvalidationRequest reads the body, with better words")]
pub(super) struct InvalidationBody {
    /// Entries of one data type only.
    #[schema(nullable = false)]
    data_type: Option<String>,
    /// Entries of one region only, and those that have none.
    #[schema(nullable = false)]
    region: Option<String>,
    /// Entries of one account only, and those that are the same for all.
    #[schema(nullable = false, pattern = "^[0-9]{12}$")]
    account_id: Option<String>,
    /// Whether the items are deleted too.
    #[schema(nullable = false)]
    purge: Option<bool>,
}

/// Whose costs are synced; an empty object is every account's.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used; the route reads the body, with better words")]
pub(super) struct CostSyncBody {
    /// The costs of one account only.
    #[schema(nullable = false, pattern = "^[0-9]{12}$")]
    account_id: Option<String>,
}

/// The document before its paths.
pub(super) fn skeleton() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Larder")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Larder keeps what AWS already told you."));
    OpenApiBuilder::new().info(info.build()).build()
}

/// The whole document as JSON.
fn whole(handlers: OpenApi) -> Vec<u8> {
    let mut document = serde_json::to_value(handlers).unwrap_or_else(|_| json!({}));
    rows::add(&mut document);
    inventory::add(&mut document);
    history::add(&mut document);
    document["paths"]["/openapi.json"]["get"] = json!({
        "tags": ["larder"],
        "summary": "This document.",
        "operationId": "openapi",
        "responses": {"200": {"description": "OpenAPI 3.1", "content": {"application/json": {"schema": {"type": "object"}}}}},
    });
    say_values(&mut document);
    problems::add(&mut document);
    document["components"]["securitySchemes"]["token"] = json!({
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token with the scope larder/read or larder/admin. `larder serve` on loopback needs none.",
    });
    document["security"] = json!([{"token": []}]);
    document.to_string().into_bytes()
}

/// Serves the document.
pub(super) async fn serve(
    principal: Principal,
    uri: Uri,
    Extension(Document(document)): Extension<Document>,
) -> Result<Response, Problem> {
    principal.check_read()?;
    Parameters::of(&uri, &[])?;
    let bytes = Bytes::clone(&document);
    Ok(([(CONTENT_TYPE, "application/json")], bytes).into_response())
}

/// What the handlers' own words can't say, since they take literals only.
fn say_values(document: &mut Value) {
    let types: Vec<_> = DATA_TYPES.iter().map(|row| row.name).collect();
    let regions: Vec<_> = Region::all().iter().map(|region| region.name()).collect();
    let fields = &mut document["components"]["schemas"]["InvalidationBody"]["properties"];
    fields["dataType"]["enum"] = json!(types);
    fields["region"]["enum"] = json!(regions);
    let largest = json!({"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": LARGEST_LIMIT});
    runtime::say_values(document, &regions, &largest);
    let parameters = document["paths"]["/cache/entries"]["get"]["parameters"].as_array_mut();
    for parameter in parameters.into_iter().flatten() {
        parameter["schema"] = match parameter["name"].as_str() {
            Some("dataType") => json!({"type": "string", "enum": types}),
            Some("limit") => {
                json!({"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT})
            }
            _ => cursor(),
        };
    }
}

/// Any text that an answer may have given.
fn cursor() -> Value {
    json!({"type": "string", "pattern": "^[A-Za-z0-9_-]+$"})
}

/// Every operation of the document, by path and method.
fn operations(document: &mut Value) -> impl Iterator<Item = (&String, &String, &mut Value)> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        item.as_object_mut().into_iter().flatten().map(move |(method, operation)| (path, method, operation))
    })
}
