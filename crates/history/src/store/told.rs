use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::digest::{canonical, digest};
use crate::{HistoryError, Resource};

/// A resource as a sync told it, ready to be compared and kept.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) digest: String,
    /// In one spelling.
    pub(super) attributes: String,
    pub(super) state: Option<String>,
    pub(super) instance_type: Option<String>,
    pub(super) volume_exists: Option<bool>,
}

impl Told {
    fn of(attributes: &Map<String, Value>) -> Result<Self, serde_json::Error> {
        let canonical = canonical(attributes)?;
        let text = |name| attributes.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            digest: digest(&canonical),
            attributes: canonical,
            state: text("state"),
            instance_type: text("instanceType"),
            volume_exists: attributes.get("volumeExists").and_then(Value::as_bool),
        })
    }

    /// The attributes, for the database.
    pub(super) fn kept(&self) -> Result<Box<RawValue>, HistoryError> {
        RawValue::from_string(self.attributes.clone()).map_err(|error| HistoryError::Invalid(error.to_string()))
    }
}

fn has_nul((name, value): (&String, &Value)) -> bool {
    name.contains('\0') || value_has_nul(value)
}

fn value_has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(value_has_nul),
        Value::Object(members) => members.iter().any(has_nul),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// All that a sync told, by id.
///
/// # Errors
/// [`HistoryError::Invalid`] where an id stands twice, or is none, or there is a character that PostgreSQL can't keep.
pub(super) fn by_id(resources: &[Resource]) -> Result<BTreeMap<&str, Told>, HistoryError> {
    let mut told = BTreeMap::new();
    for Resource { id, attributes } in resources {
        let of = Told::of(attributes).map_err(|error| HistoryError::Invalid(format!("{id}: {error}")))?;
        if id.is_empty() || id.contains('\0') || attributes.iter().any(has_nul) {
            return Err(HistoryError::Invalid(format!("{id:?} has no id, or has a character with the code 0")));
        }
        if told.insert(id.as_str(), of).is_some() {
            return Err(HistoryError::Invalid(format!("{id} was told twice in one sync")));
        }
    }
    Ok(told)
}
