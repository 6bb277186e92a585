use larder_sources::{Cost, DATA_TYPES, DataType, NamedSchema, Region};
use serde_json::{Value, json};

use super::super::parameters::LARGEST_LIMIT;
use super::cursor;

/// Adds the rows' routes and the schemas of their answers.
pub(super) fn add(document: &mut Value) {
    for row in DATA_TYPES {
        document["paths"][row.path]["get"] = operation(row);
        add_schema(document, row.schema());
        row.nested_schemas().into_iter().for_each(|schema| add_schema(document, schema));
    }
}

fn add_schema(document: &mut Value, (name, schema): NamedSchema) {
    document["components"]["schemas"][name] = serde_json::to_value(schema).unwrap_or_else(|_| json!({}));
}

fn operation(row: &DataType) -> Value {
    let content = content(row);
    json!({
        "tags": ["data"],
        "summary": format!("{}.", row.summary),
        "description": format!("Data type `{}`. AWS is asked with {}.", row.name, row.iam_actions.join(", ")),
        "operationId": row.name,
        "parameters": parameters(row),
        "responses": {
            "200": {
                "description": "The answer. With limit or cursor, a part of its list in the order of ids, and nextCursor if there is more. To several regions, the answers by region.",
                "headers": headers(),
                "content": {"application/json": {"schema": content}},
            },
            "304": {"description": "The answer has one of the tags in If-None-Match.", "headers": headers()},
        },
    })
}

/// The schema of what a row's route answers.
fn content(row: &DataType) -> Value {
    let (name, _) = row.schema();
    let one = json!({"$ref": format!("#/components/schemas/{name}")});
    if !row.scope.has_region() {
        return one;
    }
    let failed = json!({
        "allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"type": "object", "required": ["region"], "properties": {"region": {"type": "string"}}},
        ],
    });
    let by_region = json!({
        "type": "object",
        "description": "The answers to several regions, and why others have none: those that failed, and, where all are asked, those that this version does not know.",
        "required": ["regions", "failedRegions"],
        "properties": {
            "regions": {"type": "object", "additionalProperties": one},
            "failedRegions": {"type": "array", "items": failed},
        },
    });
    json!({"anyOf": [one, by_region]})
}

/// The schema of one region, several with commas between them, or all.
pub(super) fn region_schema() -> Value {
    let names: Vec<_> = Region::all().iter().map(|region| region.name()).collect();
    let one = format!("({})", names.join("|"));
    json!({"type": "string", "pattern": format!("^(all|{one}(,{one})*)$"), "example": "us-east-1"})
}

fn parameters(row: &DataType) -> Value {
    let (has_region, has_account) = (row.scope.has_region(), row.scope.has_account());
    let ignored = |has: bool, text: &str| if has { text.to_owned() } else { "Ignored by this data type.".to_owned() };
    let region = if has_region { region_schema() } else { json!({"type": "string"}) };
    let account =
        if has_account { json!({"type": "string", "pattern": "^[0-9]{12}$"}) } else { json!({"type": "string"}) };
    let mut parameters = vec![
        query(
            "region",
            has_region,
            &region,
            &ignored(
                has_region,
                "The region asked, several with commas between them, or all that the account may use.",
            ),
        ),
        query("accountId", false, &account, &ignored(has_account, "The account asked; Larder's own where absent.")),
    ];
    if row.list.is_some() {
        let limit = json!({"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT});
        parameters.push(query("limit", false, &limit, "At most so many items; all where absent."));
        parameters.push(query("cursor", false, &cursor(), "The nextCursor of the answer before."));
    }
    parameters.extend(conditions(row.cost));
    Value::Array(parameters)
}

/// The headers by which a caller says what he has, and what will do.
pub(super) fn conditions(cost: Cost) -> [Value; 2] {
    let known = "no-cache (at most one forced fetch per key in 10 s), max-age=N, only-if-cached.";
    let said = match cost {
        Cost::Nothing => known.to_owned(),
        Cost::EachCall => format!(
            "{known} AWS charges for each call, so that an answer within the data type's TTL will do for anybody but an administrator of the account."
        ),
    };
    [header("Cache-Control", &said), header("If-None-Match", "Tags of answers that the caller has.")]
}

pub(super) fn query(name: &str, required: bool, schema: &Value, description: &str) -> Value {
    json!({"name": name, "in": "query", "required": required, "description": description, "schema": schema})
}

fn header(name: &str, description: &str) -> Value {
    json!({"name": name, "in": "header", "required": false, "description": description, "schema": {"type": "string"}})
}

pub(super) fn headers() -> Value {
    let text = |description: &str| json!({"description": description, "schema": {"type": "string"}});
    json!({
        "Age": {"description": "Seconds since AWS was asked.", "schema": {"type": "integer", "minimum": 0}},
        "ETag": text("A weak tag of the answer."),
        "Cache-Status": text("Where the answer came from (RFC 9211): larder; hit; ttl=281; detail=memory"),
        "Cache-Control": text("private, no-cache"),
        "Vary": text("Authorization, and Accept-Encoding"),
    })
}
