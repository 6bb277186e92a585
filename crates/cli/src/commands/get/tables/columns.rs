use console::measure_text_width;
use serde_json::{Map, Value};

use super::cell::{folded, is_empty, is_nested};

/// What a column's border and padding take.
const AROUND: usize = 3;
/// In so much room a longer cell is broken, but can be read.
const ENOUGH: usize = 16;
/// In so much, what names an item is whole.
const ENOUGH_FOR_A_NAME: usize = 26;

/// The columns of a table that has to fit.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    /// In their order, with the room that each needs at least.
    pub(super) shown: Vec<(String, usize)>,
    /// Those for which there is no room.
    pub(super) left_out: Vec<String>,
    /// Those in which nothing stands.
    pub(super) empty: Vec<String>,
}

/// A column that might be shown.
struct Candidate {
    name: String,
    /// The width of its widest line.
    width: usize,
    is_name: bool,
    is_nested: bool,
}

impl Candidate {
    fn least(&self) -> usize {
        self.width.min(if self.is_name { ENOUGH_FOR_A_NAME } else { ENOUGH })
    }
}

/// Chooses from `all` the columns that fit into `width`. The first `names` of them name an item, and stay whatever
/// happens; then the narrow ones come first, since they tell most in the least room, and those with parts last.
pub(super) fn chosen(all: &[&str], names: usize, items: &[Map<String, Value>], width: u16) -> Columns {
    let mut columns = Columns::default();
    let mut candidates = Vec::new();
    for (place, name) in all.iter().enumerate() {
        let is_name = place < names;
        let mut values = items.iter().filter_map(|item| item.get(*name)).filter(|value| !is_empty(value)).peekable();
        if !is_name && values.peek().is_none() {
            columns.empty.push((*name).to_owned());
            continue;
        }
        let (mut width, mut nested) = (measure_text_width(name), false);
        for value in values {
            width = folded(value).lines().map(measure_text_width).fold(width, usize::max);
            nested |= is_nested(value);
        }
        candidates.push(Candidate { name: (*name).to_owned(), width, is_name, is_nested: nested });
    }
    let mut by_worth: Vec<_> = (0..candidates.len()).collect();
    by_worth.sort_by_key(|place| {
        let candidate = &candidates[*place];
        (!candidate.is_name, candidate.is_nested, candidate.width)
    });
    let mut room = usize::from(width).saturating_sub(1);
    let mut fits = vec![false; candidates.len()];
    for place in by_worth {
        let needed = candidates[place].least() + AROUND;
        fits[place] = candidates[place].is_name || needed <= room;
        room = if fits[place] { room.saturating_sub(needed) } else { room };
    }
    for (candidate, fits) in candidates.into_iter().zip(fits) {
        if fits {
            columns.shown.push((candidate.name.clone(), candidate.least()));
        } else {
            columns.left_out.push(candidate.name);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn items() -> Vec<Map<String, Value>> {
        let item = json!({
            "id": "i-1", "arn": "a".repeat(90), "state": "OK", "zone": "us-east-1a", "tags": {"a": "b"}, "gone": null,
        });
        item.as_object().into_iter().cloned().collect()
    }

    fn check(width: u16) -> (Vec<String>, Vec<String>) {
        let all = ["id", "arn", "state", "zone", "tags", "gone"];
        let columns = chosen(&all, 1, &items(), width);
        assert_eq!(columns.empty, ["gone"]);
        (columns.shown.into_iter().map(|(name, _)| name).collect(), columns.left_out)
    }

    #[test]
    fn wide_columns_and_those_with_parts_give_way_first() {
        assert_eq!(check(120).1, Vec::<String>::new());
        assert_eq!(check(40), (vec!["id".into(), "state".into(), "zone".into(), "tags".into()], vec!["arn".into()]));
        assert_eq!(check(30).1, ["arn", "tags"]);
        assert_eq!(check(1).0, ["id"], "what names an item stays");
    }
}
