mod cell;
mod columns;
mod compared;

use comfy_table::{ColumnConstraint, Table, Width};
use larder_app::DataType;
use serde_json::{Map, Value};

use crate::output::table_within;
use cell::{folded, whole};
use columns::chosen;

/// The column in front of the others where there are several regions.
const REGION: &str = "region";
/// What a cell has beside its text.
const PADDING: usize = 2;

type Item = Map<String, Value>;

/// An answer: a list as a table with a column for each field, anything else as a table of fields. With a `width` it is
/// made to fit.
pub(super) fn of_one(data_type: &DataType, answer: &Value, width: Option<u16>) -> String {
    match items_of(data_type, answer) {
        Some(items) => {
            let beside = members_beside(data_type, answer);
            [vec![list(data_type, &items, &[], width)], beside].concat().join("\n")
        }
        None => fields(answer, width),
    }
}

/// The answers of several regions in one table. What is no list is a row for each region.
pub(super) fn by_region(data_type: &DataType, answers: &Value, width: Option<u16>) -> String {
    let Some(regions) = answers["regions"].as_object() else { return String::new() };
    if let (None, Some(width)) = (data_type.list, width) {
        return compared::of(regions, width);
    }
    let (mut items, mut beside) = (Vec::new(), Vec::new());
    for (region, answer) in regions {
        let of_list = items_of(data_type, answer);
        beside.extend(of_list.as_deref().and_then(|items| about(data_type, region, items, answer)));
        let of_region = of_list.unwrap_or_else(|| answer.as_object().into_iter().cloned().collect());
        items.extend(of_region.into_iter().map(|mut item| {
            item.insert(REGION.to_owned(), Value::String(region.clone()));
            item
        }));
    }
    [vec![list(data_type, &items, &[REGION], width)], beside].concat().join("\n")
}

/// What the table doesn't show of a region: that it has nothing, and what its answer says beside the list.
fn about(data_type: &DataType, region: &str, items: &[Item], answer: &Value) -> Option<String> {
    let nothing = items.is_empty().then(|| format!("0 of {}", data_type.name));
    let parts: Vec<_> = nothing.into_iter().chain(members_beside(data_type, answer)).collect();
    (!parts.is_empty()).then(|| format!("{region}: {}", parts.join(", ")))
}

/// The members of an answer beside its list, each in a line.
fn members_beside(data_type: &DataType, answer: &Value) -> Vec<String> {
    let listed = data_type.list.map(|shape| shape.member);
    let members = answer.as_object().into_iter().flatten().filter(|(name, _)| Some(name.as_str()) != listed);
    members.map(|(name, value)| format!("{name}: {}", folded(value).replace('\n', ", "))).collect()
}

fn items_of(data_type: &DataType, answer: &Value) -> Option<Vec<Item>> {
    let items = answer.get(data_type.list?.member)?.as_array()?;
    Some(items.iter().filter_map(Value::as_object).cloned().collect())
}

fn list(data_type: &DataType, items: &[Item], first: &[&str], width: Option<u16>) -> String {
    let mut columns: Vec<&str> = first.iter().copied().chain(data_type.list.map(|shape| shape.id)).collect();
    let names = columns.len();
    for name in items.iter().flat_map(Map::keys) {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    let count = format!("{} of {}", items.len(), data_type.name);
    match width {
        None => format!("{}\n{count}", filled(table_within(None, &columns), items, &columns, whole)),
        Some(width) => fitting(&columns, names, items, width) + &count,
    }
}

/// The columns that fit, and which do not; each in lines of its own.
fn fitting(columns: &[&str], names: usize, items: &[Item], width: u16) -> String {
    let columns = chosen(columns, names, items, width);
    let shown: Vec<&str> = columns.shown.iter().map(|(name, _)| name.as_str()).collect();
    let mut table = filled(table_within(Some(width), &shown), items, &shown, folded);
    for (column, (_, least)) in table.column_iter_mut().zip(&columns.shown) {
        let least = u16::try_from(least + PADDING).unwrap_or(width);
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
    }
    let mut text = format!("{table}\n");
    for (names, what) in
        [(columns.left_out, "No room for these columns, which --json has"), (columns.empty, "Empty everywhere")]
    {
        if !names.is_empty() {
            text.push_str(&format!("{what}: {}\n", names.join(", ")));
        }
    }
    text
}

fn filled(mut table: Table, items: &[Item], columns: &[&str], cell: fn(&Value) -> String) -> Table {
    for item in items {
        table.add_row(columns.iter().map(|column| cell(item.get(*column).unwrap_or(&Value::Null))));
    }
    table
}

fn fields(answer: &Value, width: Option<u16>) -> String {
    let mut table = table_within(width, &["FIELD", "VALUE"]);
    for (name, value) in answer.as_object().into_iter().flatten() {
        table.add_row([name.clone(), whole(value)]);
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use console::measure_text_width;
    use larder_app::data_type_of_text;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_has_its_id_first_and_a_column_for_every_field() {
        let row = data_type_of_text("ec2-subnets").expect("a row");
        let answer = json!({"subnets": [{"subnetId": "subnet-1"}, {"cidrBlock": "10.0.0.0/8", "subnetId": "subnet-2", "tags": {"a": "b"}}]});
        let text = of_one(row, &answer, None);
        let header = text.lines().nth(1).expect("a header");
        assert!(header.find("subnetId") < header.find("cidrBlock"), "{text}");
        assert!(text.contains("a=b") && text.ends_with("2 of ec2-subnets"), "{text}");
    }

    #[test]
    fn what_is_unknown_is_a_dash_and_never_zero() {
        assert!(fields(&json!({"maxReplicatingServers": null}), None).contains("-"));
    }

    #[test]
    fn several_regions_are_one_table_with_a_column_for_them() {
        let row = data_type_of_text("ec2-subnets").expect("a row");
        let of = |id: &str| json!({"subnets": [{"subnetId": id}]});
        let answers = json!({"regions": {"us-east-1": of("subnet-1"), "us-west-2": of("subnet-2")}});
        let text = by_region(row, &answers, None);
        let line = |id: &str| text.lines().find(|line| line.contains(id)).expect("a line").to_owned();
        assert!(line("subnet-1").contains("us-east-1") && line("subnet-2").contains("us-west-2"), "{text}");
        let row = data_type_of_text("drs-quotas").expect("a row");
        let answers = json!({"regions": {"us-east-1": {"status": "OK"}, "us-west-2": {"status": null}}});
        let text = by_region(row, &answers, None);
        assert!(text.lines().any(|line| line.contains("us-east-1") && line.contains("OK")), "{text}");
    }

    #[test]
    fn a_list_fits_the_terminal_and_names_what_it_leaves_out() {
        let row = data_type_of_text("ec2-subnets").expect("a row");
        let item = json!({
            "subnetId": "subnet-0123456789abcdef0", "cidrBlock": "10.0.0.0/24", "arn": "a".repeat(90), "gone": null,
            "tags": {"Name": "a name", "Team": "b"}, "vpcId": "vpc-0123456789abcdef0", "words": "w".repeat(40),
        });
        let text = of_one(row, &json!({"subnets": [item]}), Some(80));
        assert!(text.lines().all(|line| measure_text_width(line) <= 80), "{text}");
        assert!(text.contains("subnet-0123456789abcdef0"), "the id is whole: {text}");
        assert!(text.contains("Empty everywhere: gone") && text.contains("which --json has: "), "{text}");
    }

    #[test]
    fn a_region_that_has_nothing_is_not_lost() {
        let row = data_type_of_text("drs-source-servers").expect("a row");
        let (none, one) = (
            json!({"sourceServers": [], "status": "NOT_INITIALIZED"}),
            json!({"sourceServers": [{"sourceServerId": "s-1"}], "status": "INITIALIZED"}),
        );
        for width in [None, Some(80)] {
            let text = of_one(row, &none, width);
            assert!(text.ends_with("0 of drs-source-servers\nstatus: NOT_INITIALIZED"), "{text}");
            let text = by_region(row, &json!({"regions": {"eu-west-1": none, "us-east-1": one}}), width);
            assert!(text.contains("eu-west-1: 0 of drs-source-servers, status: NOT_INITIALIZED"), "{text}");
            assert!(text.ends_with("us-east-1: status: INITIALIZED"), "{text}");
        }
    }
}
