//! One text for what is the same: by it, a sync tells what changed.

use serde::{Serialize, Serializer};
use serde_json::{Map, Number, Value};
use sha2::{Digest, Sha256};

/// The largest integers that a float tells apart.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The SHA-256 of the canonical JSON, in hex.
pub(crate) fn digest(canonical: &str) -> String {
    hex::encode(Sha256::digest(canonical))
}

/// JSON with its members by name and no spaces; a whole number has no decimal point. (PostgreSQL keeps neither the
/// order of members nor the spelling of numbers, so that neither may count.)
pub(crate) fn canonical(attributes: &Map<String, Value>) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Members(attributes))
}

/// The same in place of what is in the buffer.
pub(crate) fn write_canonical<'b>(
    attributes: &Map<String, Value>,
    buffer: &'b mut Vec<u8>,
) -> Result<&'b str, serde_json::Error> {
    buffer.clear();
    serde_json::to_writer(&mut *buffer, &Members(attributes))?;
    str::from_utf8(buffer).map_err(serde::ser::Error::custom)
}

/// An object's members. A map has them by name, as long as nothing builds `serde_json` to preserve their order.
struct Members<'a>(&'a Map<String, Value>);

/// A value whose spelling counts no more.
struct Canonical<'a>(&'a Value);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, Canonical(value))))
    }
}

impl Serialize for Canonical<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => Members(members).serialize(serializer),
            Value::Array(items) => serializer.collect_seq(items.iter().map(Canonical)),
            Value::Number(number) => canonical_number(number).serialize(serializer),
            value => value.serialize(serializer),
        }
    }
}

fn canonical_number(number: &Number) -> Number {
    match number.as_f64() {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole, and small enough")]
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT => (float as i64).into(),
        _ => number.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> String {
        canonical(&serde_json::from_str(json).expect("an object")).expect("it is JSON")
    }

    #[test]
    fn order_of_members_and_spelling_of_numbers_do_not_count() {
        assert_eq!(of(r#"{"b": {"d": 1.0, "c": [2, 1e2]}, "a": null}"#), r#"{"a":null,"b":{"c":[2,100],"d":1}}"#);
        assert_eq!(of(r#"{"a": 0.5, "b": 18446744073709551615}"#), r#"{"a":0.5,"b":18446744073709551615}"#);
    }

    #[test]
    fn order_of_items_and_absence_count() {
        assert_ne!(of(r#"{"a": [1, 2]}"#), of(r#"{"a": [2, 1]}"#));
        assert_ne!(of(r#"{"a": null}"#), of("{}"));
        assert_ne!(digest("a"), digest("b"));
    }
}
