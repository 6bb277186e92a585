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
            "asOf": {"type": ["string", "null"], "format": "date-time", "description": "When AWS was last asked, with success, for what they are of: for the account and region of them where that is longest ago. Null if it never was."},
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

/// Every day that there is of the years that can be asked for, and no other.
fn day() -> Value {
    let of_each_year =
        ["(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])", "(0[469]|11)-(0[1-9]|[12][0-9]|30)", "02-(0[1-9]|1[0-9]|2[0-8])"];
    let pattern = format!("^20([0-9]{{2}}-({})|([02468][048]|[13579][26])-02-29)$", of_each_year.join("|"));
    json!({"type": "string", "pattern": pattern, "example": "2026-11-01"})
}

fn accounts() -> Value {
    json!({"type": "string", "pattern": "^[0-9]{12}(,[0-9]{12})*$"})
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::strategy::{Strategy, ValueTree};
    use proptest::string::string_regex;
    use proptest::test_runner::TestRunner;

    use super::*;
    use crate::costs::day_of_text;

    #[test]
    fn the_pattern_has_every_day_that_is_taken_and_no_other() {
        let schema = day();
        let pattern = schema["pattern"].as_str().expect("a pattern");
        let days = string_regex(pattern.trim_start_matches('^').trim_end_matches('$')).expect("a pattern");
        let mut runner = TestRunner::deterministic();
        let mut days_of_year = BTreeSet::new();
        for _ in 0..50_000 {
            let day = days.new_tree(&mut runner).expect("a day").current();
            day_of_text("from", &day).unwrap_or_else(|problem| panic!("{problem}"));
            days_of_year.insert(day[5..].to_owned());
        }
        assert_eq!(days_of_year.len(), 366);
        assert!(day_of_text("from", "2100-01-01").is_err() && day_of_text("from", "1999-12-31").is_err());
    }
}
