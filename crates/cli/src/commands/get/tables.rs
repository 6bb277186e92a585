use larder_app::DataType;
use serde_json::{Map, Value};

use crate::output::table;

/// The column in front of the others where there are several regions.
const REGION: &str = "region";

/// An answer: a list as a table with a column for each field, anything else as a table of fields.
pub(super) fn of_one(data_type: &DataType, answer: &Value) -> String {
    match items_of(data_type, answer) {
        Some(items) => list(data_type, &items, &[]),
        None => fields(answer),
    }
}

/// The answers of several regions in one table. What is no list is a row for each region.
pub(super) fn by_region(data_type: &DataType, answers: &Value) -> String {
    let mut items = Vec::new();
    for (region, answer) in answers["regions"].as_object().into_iter().flatten() {
        let of_region =
            items_of(data_type, answer).unwrap_or_else(|| answer.as_object().into_iter().cloned().collect());
        items.extend(of_region.into_iter().map(|mut item| {
            item.insert(REGION.to_owned(), Value::String(region.clone()));
            item
        }));
    }
    list(data_type, &items, &[REGION])
}

fn items_of(data_type: &DataType, answer: &Value) -> Option<Vec<Map<String, Value>>> {
    let items = answer.get(data_type.list?.member)?.as_array()?;
    Some(items.iter().filter_map(Value::as_object).cloned().collect())
}

fn list(data_type: &DataType, items: &[Map<String, Value>], first: &[&str]) -> String {
    let mut columns: Vec<&str> = first.iter().copied().chain(data_type.list.map(|shape| shape.id)).collect();
    for name in items.iter().flat_map(Map::keys) {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    let mut table = table(&columns);
    for item in items {
        table.add_row(columns.iter().map(|column| cell(item.get(*column).unwrap_or(&Value::Null))));
    }
    format!("{table}\n{} of {}", items.len(), data_type.name)
}

fn fields(answer: &Value) -> String {
    let mut table = table(&["FIELD", "VALUE"]);
    for (name, value) in answer.as_object().into_iter().flatten() {
        table.add_row([name.clone(), cell(value)]);
    }
    table.to_string()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(members) => {
            let members: Vec<_> = members.iter().map(|(name, value)| format!("{name}={}", cell(value))).collect();
            members.join("\n")
        }
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use larder_app::data_type_of_text;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_has_its_id_first_and_a_column_for_every_field() {
        let row = data_type_of_text("ec2-subnets").expect("a row");
        let answer = json!({"subnets": [{"subnetId": "subnet-1"}, {"cidrBlock": "10.0.0.0/8", "subnetId": "subnet-2", "tags": {"a": "b"}}]});
        let text = of_one(row, &answer);
        let header = text.lines().nth(1).expect("a header");
        assert!(header.find("subnetId") < header.find("cidrBlock"), "{text}");
        assert!(text.contains("a=b") && text.ends_with("2 of ec2-subnets"), "{text}");
    }

    #[test]
    fn what_is_unknown_is_a_dash_and_never_zero() {
        assert_eq!(cell(&Value::Null), "-");
        assert!(fields(&json!({"maxReplicatingServers": null})).contains("-"));
    }

    #[test]
    fn several_regions_are_one_table_with_a_column_for_them() {
        let row = data_type_of_text("ec2-subnets").expect("a row");
        let of = |id: &str| json!({"subnets": [{"subnetId": id}]});
        let text = by_region(row, &json!({"regions": {"us-east-1": of("subnet-1"), "us-west-2": of("subnet-2")}}));
        let line = |id: &str| text.lines().find(|line| line.contains(id)).expect("a line").to_owned();
        assert!(line("subnet-1").contains("us-east-1") && line("subnet-2").contains("us-west-2"), "{text}");
        let row = data_type_of_text("drs-quotas").expect("a row");
        let text = by_region(row, &json!({"regions": {"us-east-1": {"status": "OK"}, "us-west-2": {"status": null}}}));
        assert!(text.lines().any(|line| line.contains("us-east-1") && line.contains("OK")), "{text}");
    }
}
