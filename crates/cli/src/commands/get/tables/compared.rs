use console::measure_text_width;
use serde_json::{Map, Value};

use super::REGION;
use super::cell::{folded, is_empty, is_nested};
use crate::output::table_within;

/// What a column's border and padding take.
const AROUND: usize = 3;

/// A column or a row of cells, what it is about first.
type Line = Vec<String>;

/// The answers of several regions that are no lists, in a table that has to fit: regions as rows if those are narrower
/// and fit, else regions as columns, in as many tables as that takes. What has parts is only named.
pub(super) fn of(regions: &Map<String, Value>, width: u16) -> String {
    let (fields, nested) = fields_of(regions);
    let head: Line = std::iter::once(REGION).chain(fields.iter().copied()).map(str::to_owned).collect();
    let of_region = |(region, answer): (&String, &Value)| -> Line {
        std::iter::once(region.clone()).chain(fields.iter().map(|field| folded(&answer[*field]))).collect()
    };
    let regions: Vec<Line> = regions.iter().map(of_region).collect();
    let as_rows: Vec<Line> = std::iter::once(head.clone()).chain(regions.iter().cloned()).collect();
    let turned = turned(&as_rows);
    let room = usize::from(width);
    let text = if table_width(&turned) <= table_width(&as_rows).min(room) {
        drawn(&as_rows, width)
    } else {
        side_by_side(&head, &regions, width)
    };
    if nested.is_empty() { text } else { format!("{text}\n--json tells more: {}", nested.join(", ")) }
}

/// The fields that some region says something of, and apart from them those that have parts.
fn fields_of(regions: &Map<String, Value>) -> (Vec<&str>, Vec<&str>) {
    let mut names: Vec<&str> = Vec::new();
    for name in regions.values().filter_map(Value::as_object).flat_map(Map::keys) {
        if name != REGION && !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.retain(|name| regions.values().any(|answer| !is_empty(&answer[*name])));
    names.into_iter().partition(|name| !regions.values().any(|answer| is_nested(&answer[*name])))
}

/// As many regions as fit in each table, and at least one.
fn side_by_side(head: &Line, regions: &[Line], width: u16) -> String {
    let room = usize::from(width).saturating_sub(1 + column_width(head));
    let mut tables: Vec<(usize, Vec<Line>)> = Vec::new();
    for region in regions {
        let needed = column_width(region);
        match tables.last_mut().filter(|(taken, _)| taken + needed <= room) {
            Some((taken, columns)) => {
                *taken += needed;
                columns.push(region.clone());
            }
            None => tables.push((needed, vec![head.clone(), region.clone()])),
        }
    }
    tables.iter().map(|(_, columns)| drawn(&turned(columns), width)).collect::<Vec<_>>().join("\n")
}

/// Rows as columns.
fn turned(lines: &[Line]) -> Vec<Line> {
    let length = lines.first().map_or(0, Vec::len);
    (0..length).map(|place| lines.iter().map(|line| line[place].clone()).collect()).collect()
}

fn column_width(cells: &Line) -> usize {
    cells.iter().flat_map(|cell| cell.lines()).map(measure_text_width).max().unwrap_or_default() + AROUND
}

/// How wide the table of these columns is.
fn table_width(columns: &[Line]) -> usize {
    columns.iter().map(column_width).sum::<usize>() + 1
}

fn drawn(rows: &[Line], width: u16) -> String {
    let Some((head, rows)) = rows.split_first() else { return String::new() };
    let mut table = table_within(Some(width), &head.iter().map(String::as_str).collect::<Vec<_>>());
    table.add_rows(rows.to_vec());
    table.to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(names: &[&str], fields: &Value, width: u16) -> String {
        let regions = names.iter().map(|name| ((*name).to_owned(), fields.clone())).collect();
        let text = of(&regions, width);
        assert!(text.lines().all(|line| measure_text_width(line) <= usize::from(width)), "{text}");
        text
    }

    #[test]
    fn regions_are_rows_where_those_are_narrower() {
        let names = ["ap-northeast-1", "eu-west-1", "us-east-1", "us-west-2"];
        let text = check(&names, &json!({"status": "OK", "used": 3, "region": "x"}), 80);
        assert!(text.lines().any(|line| line.contains("us-east-1") && line.contains("OK")), "{text}");
        assert_eq!(text.matches("status").count(), 1, "{text}");
    }

    #[test]
    fn fields_are_rows_where_there_are_more_of_them_and_no_region_is_left_out() {
        let many: Map<_, _> = (0..12).map(|number| (format!("aFieldWithALongName{number}"), json!(number))).collect();
        let names = ["ap-northeast-1", "eu-west-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2"];
        let text = check(&names, &Value::Object(many), 80);
        assert!(names.iter().all(|name| text.contains(name)), "{text}");
        assert!(text.matches("aFieldWithALongName7").count() > 1, "several tables: {text}");
    }

    #[test]
    fn what_has_parts_is_named_and_what_is_empty_is_not() {
        let text = check(&["us-east-1"], &json!({"limits": {"jobs": 20}, "left": null, "status": "OK"}), 80);
        assert!(text.ends_with("--json tells more: limits") && !text.contains("left"), "{text}");
    }
}
