use larder_sources::Cost;
use serde_json::{Value, json};

use super::super::history_routes::{ACCOUNTS, DEFAULT_LIMIT};
use super::super::parameters::LARGEST_LIMIT;
use super::rows::{conditions, headers, query};
use crate::costs::{Granularity, GroupBy, METRICS_OF_COSTS};
use crate::history_queries::{Column, HISTORY_QUERIES, HistoryQuery, Values};

/// Adds the queries' routes, and what the other handlers' own words can't say.
pub(super) fn add(document: &mut Value) {
    for row in HISTORY_QUERIES {
        document["paths"][row.path()]["get"] = operation(row);
    }
    let limit = json!({"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT});
    let of_costs = &mut document["paths"]["/api/cost-data"]["get"];
    of_costs["parameters"].as_array_mut().into_iter().for_each(|known| known.extend(conditions(Cost::EachCall)));
    ["200", "304"].into_iter().for_each(|status| of_costs["responses"][status]["headers"] = headers());
    for (path, method) in [("/history/syncs", "get"), ("/api/cost-data", "get"), ("/api/cost-data/sync", "post")] {
        let parameters = document["paths"][path][method]["parameters"].as_array_mut();
        for parameter in parameters.into_iter().flatten() {
            parameter["schema"] = match parameter["name"].as_str() {
                Some("failed") => json!({"type": "string", "enum": ["true", "false"], "default": "false"}),
                Some("limit") => limit.clone(),
                Some("granularity") => words(&Granularity::WORDS),
                Some("groupBy") => words(&GroupBy::WORDS),
                Some("metric") => words(&METRICS_OF_COSTS),
                Some("from" | "to") => day(),
                Some("accountId") => accounts(),
                _ => continue,
            };
        }
    }
}

fn operation(row: &HistoryQuery) -> Value {
    let of_row = row
        .parameters
        .iter()
        .map(|parameter| query(parameter.name, false, &schema_of(parameter.values), &format!("{}.", parameter.help)));
    let of_all = query(
        ACCOUNTS,
        false,
        &accounts(),
        "Accounts with commas between them; all that the caller may see where absent.",
    );
    let parameters: Vec<_> = std::iter::once(of_all).chain(of_row).collect();
    let names: Vec<_> = row.columns.iter().map(|column| column.name).collect();
    let field = |column: &Column| (column.name.to_owned(), json!({"description": format!("{}.", column.help)}));
    let fields: serde_json::Map<_, _> = row.columns.iter().map(field).collect();
    let answer = json!({
        "type": "object",
        "required": ["rows", "asOf"],
        "properties": {
            "rows": {"type": "array", "items": {"type": "object", "required": names, "properties": fields}},
            "asOf": {"type": ["string", "null"], "format": "date-time", "description": "When AWS was last asked for what they are of; null if it never was."},
        },
    });
    json!({
        "tags": ["history"],
        "summary": format!("{}.", row.summary),
        "operationId": format!("history-{}", row.name),
        "parameters": parameters,
        "responses": {
            "200": {"description": "The rows.", "content": {"application/json": {"schema": answer}}},
            "304": {"description": "The answer has one of the tags in If-None-Match."},
        },
    })
}

fn schema_of(values: Values) -> Value {
    match values {
        Values::Month => json!({"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"}),
        Values::Day => day(),
        Values::OneOf(words) => json!({"type": "string", "enum": words, "default": words.first()}),
        Values::Count(most) => json!({"type": "integer", "minimum": 1, "maximum": most}),
    }
}

fn words<T>(words: &[(&'static str, T)]) -> Value {
    let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
    json!({"type": "string", "enum": words, "default": words.first()})
}

fn day() -> Value {
    json!({"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$", "example": "2026-11-01"})
}

fn accounts() -> Value {
    json!({"type": "string", "pattern": "^[0-9]{12}(,[0-9]{12})*$"})
}
