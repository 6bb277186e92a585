use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::choices::Choices;
use super::table::Items;

/// Numbers at the edges of what is read as one.
const NUMBERS: [&str; 12] = [
    "0",
    "1",
    "-1",
    "1.5",
    "1e3",
    "4096",
    "4097",
    "4294967296",
    "9223372036854775808",
    "18446744073709551615",
    "99999999999999999999",
    "NaN",
];

/// Damages items: some by a change that each, others by what stood in another item. More than two moves between items
/// could forge a whole one, and no reader could tell that from an answer.
pub(crate) fn tamper(items: &mut Items, choices: &mut Choices) {
    if choices.once_in(2) {
        for _ in 0..=choices.byte() % 2 {
            move_between(items, choices);
        }
        return;
    }
    for _ in 0..=choices.byte() % 6 {
        let keys: Vec<_> = items.keys().cloned().collect();
        let key = choices.one_of(&keys);
        if choices.once_in(16) && items.len() > 2 {
            items.remove(key);
        } else if let Some(Value::Object(attributes)) = items.get_mut(key) {
            let names: Vec<_> = attributes.keys().filter(|name| *name != "cacheKey").cloned().collect();
            if names.is_empty() {
                continue;
            }
            let name = choices.one_of(&names).clone();
            match choices.byte() % 4 {
                0 => drop(attributes.remove(&name)),
                1 => drop(attributes.insert(name, any_value(choices, 2))),
                2 => drop(attributes.insert(name, json!({"N": choices.one_of(&NUMBERS)}))),
                _ => damage(&mut attributes[&name], choices),
            }
        }
    }
}

/// Puts an attribute, or all of them, where another item has them; two items of one kind, mostly.
fn move_between(items: &mut Items, choices: &mut Choices) {
    let keys: Vec<_> = items.keys().cloned().collect();
    let [one, other] = [choices.one_of(&keys).clone(), choices.one_of(&keys).clone()];
    let from = items[&other].clone();
    let Some(Value::Object(into)) = items.get_mut(&one) else { return };
    let names: Vec<_> = from.as_object().into_iter().flatten().filter(|(name, _)| *name != "cacheKey").collect();
    if names.is_empty() {
        return;
    }
    if choices.once_in(3) {
        into.retain(|name, _| name == "cacheKey");
        into.extend(names.into_iter().map(|(name, value)| (name.clone(), value.clone())));
    } else {
        let (name, value) = *choices.one_of(&names);
        into.insert(name.clone(), value.clone());
    }
}

/// How many kinds of attribute values there are by how deep they may still go.
const KINDS: [u8; 3] = [6, 9, 9];

/// Any attribute value that DynamoDB has, and some that it has not.
fn any_value(choices: &mut Choices, depth: usize) -> Value {
    match choices.byte() % KINDS[depth] {
        0 => json!({"S": choices.text()}),
        1 => json!({"N": choices.text()}),
        2 => json!({"B": STANDARD.encode(choices.bytes())}),
        3 => json!({"BOOL": choices.once_in(2)}),
        4 => json!({"NULL": true}),
        5 => json!({"SS": [choices.text()]}),
        6 => json!({"L": [any_value(choices, depth - 1)]}),
        7 => {
            json!({"M": {choices.text(): any_value(choices, depth - 1), choices.text(): any_value(choices, depth - 1)}})
        }
        _ => json!({"OfANewerVersion": choices.text()}),
    }
}

/// Changes a text, a number or bytes a little.
fn damage(value: &mut Value, choices: &mut Choices) {
    let Some((kind, inner)) = value.as_object_mut().and_then(|value| value.iter_mut().next()) else { return };
    let Some(text) = inner.as_str() else { return };
    let bytes = if kind == "B" { STANDARD.decode(text).unwrap_or_default() } else { text.as_bytes().to_vec() };
    let bytes = damaged(bytes, choices);
    let text = if kind == "B" { STANDARD.encode(bytes) } else { String::from_utf8_lossy(&bytes).into_owned() };
    *inner = text.into();
}

fn damaged(mut bytes: Vec<u8>, choices: &mut Choices) -> Vec<u8> {
    // Beyond the reach of one choice too.
    let position = choices.below(usize::from(u16::MAX)) * 16 + usize::from(choices.byte() % 16);
    let position = position % bytes.len().max(1);
    match choices.byte() % 4 {
        0 => bytes.truncate(position),
        1 => bytes.splice(position.min(bytes.len())..position.min(bytes.len()), choices.bytes()).for_each(drop),
        2 => bytes.extend(choices.bytes()),
        _ => bytes.iter_mut().skip(position).take(1).for_each(|byte| *byte ^= choices.byte().max(1)),
    }
    bytes
}
