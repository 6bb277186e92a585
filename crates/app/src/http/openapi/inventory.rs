use larder_sources::Cost;
use serde_json::{Value, json};

use super::super::parameters::LARGEST_LIMIT;
use super::cursor;
use super::rows::{conditions, headers, query, region_schema};
use crate::inventory::{INVENTORY, InventoryKind};

/// Adds the inventories' routes.
pub(super) fn add(document: &mut Value) {
    for kind in INVENTORY {
        document["paths"][kind.path]["get"] = operation(kind);
    }
    for path in INVENTORY.iter().map(|kind| kind.sync_path) {
        let parameters = document["paths"][path]["post"]["parameters"].as_array_mut();
        for parameter in parameters.into_iter().flatten() {
            parameter["schema"] = match parameter["name"].as_str() {
                Some("id") => account(),
                _ => region_schema(),
            };
        }
    }
}

fn operation(kind: &InventoryKind) -> Value {
    let limit = json!({"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT});
    let [of_cache, of_tags] = conditions(Cost::Nothing);
    let parameters = json!([
        {"name": "id", "in": "path", "required": true, "description": "The account", "schema": account()},
        query("region", false, &region_schema(), "The region asked, several with commas between them, or all that the account may use; all where absent."),
        query("limit", false, &limit, "At most so many; all where absent."),
        query("cursor", false, &cursor(), "The nextCursor of the answer before."),
        of_cache,
        of_tags,
    ]);
    json!({
        "tags": ["inventory"],
        "summary": format!("{}.", kind.summary),
        "description": "From the cache or AWS. A region for which AWS fails is answered from the history, with what failed beside it; one that AWS refuses, or of which nothing is kept, is in failedRegions.",
        "operationId": format!("inventory-{}", kind.name),
        "parameters": parameters,
        "responses": {
            "200": {
                "description": "What is known, region by region.",
                "headers": headers(),
                "content": {"application/json": {"schema": answer(kind)}},
            },
            "304": {"description": "The answer has one of the tags in If-None-Match.", "headers": headers()},
        },
    })
}

fn answer(kind: &InventoryKind) -> Value {
    let of_region = json!({"type": "object", "required": ["region"], "properties": {"region": {"type": "string"}}});
    let item = item_of(kind).map_or(of_region.clone(), |item| json!({"allOf": [of_region, item]}));
    let failed = json!({
        "allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"type": "object", "required": ["region"], "properties": {"region": {"type": "string"}}},
        ],
    });
    let mut answer = json!({
        "type": "object",
        "required": ["accountId", "count", kind.name, "regions", "failedRegions", "source", "ageSeconds"],
        "properties": {
            "accountId": {"type": "string"},
            "count": {"type": "integer", "minimum": 0, "description": "How many are known in all, on other pages too."},
            "regions": {"type": "array", "items": region()},
            "failedRegions": {"type": "array", "items": failed, "description": "The regions of which nothing is known."},
            "source": {"type": "string", "enum": ["cache", "history", "mixed"]},
            "ageSeconds": {"type": ["integer", "null"], "description": "How old the oldest of it is."},
            "nextCursor": {"type": "string"},
        },
    });
    answer["properties"][kind.name] = json!({"type": "array", "items": item});
    answer
}

/// What the data type's own schema says of an item.
fn item_of(kind: &InventoryKind) -> Option<Value> {
    let data_type = kind.data_type().ok()?;
    let (_, schema) = data_type.schema();
    let schema = serde_json::to_value(schema).ok()?;
    Some(schema["properties"][data_type.list?.member]["items"].clone())
}

fn region() -> Value {
    json!({
        "type": "object",
        "required": ["region", "source", "ageSeconds", "asOf", "stale"],
        "properties": {
            "region": {"type": "string"},
            "source": {"type": "string", "enum": ["memory", "store", "upstream", "history"]},
            "ageSeconds": {"type": "integer", "minimum": 0},
            "asOf": {"type": "string", "format": "date-time"},
            "stale": {"type": "boolean", "description": "Whether it is past its TTL."},
            "code": {"type": "string", "description": "Why it is not newer, if AWS failed."},
            "detail": {"type": "string"},
        },
    })
}

pub(super) fn account() -> Value {
    json!({"type": "string", "pattern": "^[0-9]{12}$"})
}
