use std::collections::{BTreeMap, HashMap};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use larder_sources::ListShape;
use serde_json::value::RawValue;

use crate::problem::{Code, Problem};

/// What every cursor begins with, so that other text is told apart.
const MARK: &str = "after:";

/// A part of a list, as the caller asked for it.
#[derive(Debug, Default)]
pub(super) struct Range {
    /// Items after the one with this id.
    pub(super) after: Option<String>,
    /// At most so many.
    pub(super) limit: Option<usize>,
}

/// The item that a cursor stands behind.
///
/// # Errors
/// [`Code::InvalidCursor`] for a text that no answer gave.
pub(super) fn read_cursor(cursor: &str) -> Result<String, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let id = text.as_deref().and_then(|text| text.strip_prefix(MARK)).map(str::to_owned);
    id.ok_or_else(|| Problem::new(Code::InvalidCursor, "The cursor is not the nextCursor of an earlier answer."))
}

/// The cursor that stands behind that item.
pub(super) fn cursor_after(id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{MARK}{id}"))
}

/// The part of a list answer, with `nextCursor` if there is more. Items come in the order of their ids, so that paging
/// loses none and repeats none while the list changes.
///
/// # Errors
/// [`Code::Internal`] if the answer is no list of that shape.
pub(super) fn part_of(answer: &[u8], shape: ListShape, range: &Range) -> Result<Bytes, Problem> {
    let wrong = |error: &dyn std::fmt::Display| {
        let detail = format!("The answer can't be cut into pages by {}[].{}: {error}.", shape.member, shape.id);
        Problem::new(Code::Internal, detail)
    };
    let mut members: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(answer).map_err(|error| wrong(&error))?;
    let list = members.get(shape.member).ok_or_else(|| wrong(&"there is no such member"))?;
    let items: Vec<&RawValue> = serde_json::from_str(list.get()).map_err(|error| wrong(&error))?;
    let mut by_id = Vec::with_capacity(items.len());
    for item in items {
        by_id.push((id_of(item, shape.id).map_err(|error| wrong(&error))?, item));
    }
    by_id.sort_by(|(one, _), (other, _)| one.cmp(other));
    let start = range.after.as_ref().map_or(0, |after| by_id.partition_point(|(id, _)| id <= after));
    let rest = &by_id[start..];
    let page = &rest[..range.limit.unwrap_or(rest.len()).min(rest.len())];
    let next = page.last().filter(|_| page.len() < rest.len()).map(|(id, _)| cursor_after(id));
    let items: Vec<&RawValue> = page.iter().map(|(_, item)| *item).collect();
    let list = serde_json::value::to_raw_value(&items).map_err(|error| wrong(&error))?;
    members.insert(shape.member.to_owned(), list);
    if let Some(next) = next {
        let next = serde_json::value::to_raw_value(&next).map_err(|error| wrong(&error))?;
        members.insert("nextCursor".to_owned(), next);
    }
    serde_json::to_vec(&members).map(Bytes::from).map_err(|error| wrong(&error))
}

fn id_of(item: &RawValue, id: &str) -> Result<String, serde_json::Error> {
    let members: HashMap<String, &RawValue> = serde_json::from_str(item.get())?;
    serde_json::from_str(members.get(id).map_or("null", |value| value.get()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const SHAPE: ListShape = ListShape { member: "subnets", id: "subnetId" };

    fn page(answer: &Value, after: Option<String>, limit: usize) -> Value {
        let range = Range { after, limit: Some(limit) };
        let page = part_of(answer.to_string().as_bytes(), SHAPE, &range).expect("a page");
        serde_json::from_slice(&page).expect("JSON")
    }

    #[test]
    fn paging_loses_nothing_and_repeats_nothing() {
        let ids: Vec<String> = (0..23).map(|number| format!("subnet-{:02}", (number * 7) % 23)).collect();
        let answer =
            json!({"region": "us-east-1", "subnets": ids.iter().map(|id| json!({"subnetId": id})).collect::<Vec<_>>()});
        let mut sorted = ids.clone();
        sorted.sort();
        for limit in [1, 5, 22, 23, 24] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page = page(&answer, after, limit);
                assert_eq!(page["region"], "us-east-1");
                let items = page["subnets"].as_array().expect("a list").clone();
                assert!(items.len() <= limit);
                seen.extend(items.iter().map(|item| item["subnetId"].as_str().expect("an id").to_owned()));
                match page["nextCursor"].as_str() {
                    Some(cursor) => after = Some(read_cursor(cursor).expect("ours")),
                    None => break,
                }
            }
            assert_eq!(seen, sorted, "limit {limit}");
        }
    }

    #[test]
    fn an_item_that_is_gone_is_no_obstacle() {
        let answer = json!({"subnets": [{"subnetId": "a"}, {"subnetId": "c"}]});
        let page = page(&answer, Some("b".to_owned()), 5);
        assert_eq!(page["subnets"], json!([{"subnetId": "c"}]));
        assert_eq!(page["nextCursor"], Value::Null);
    }

    #[test]
    fn other_text_is_no_cursor() {
        for text in ["", "!", "AAAA", "YWZ0ZXI", "ünïcode", "YWZ0ZXI6YQ=="] {
            assert_eq!(read_cursor(text).expect_err(text).code(), Code::InvalidCursor);
        }
        assert_eq!(read_cursor("YWZ0ZXI6YQ"), Ok("a".to_owned()));
    }
}
