use std::collections::HashSet;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::digest::{canonical, digest, write_canonical};
use crate::{HistoryError, Resource};

/// How JSON writes the character that PostgreSQL can't keep.
const NUL: &str = "\\u0000";

/// A resource as a sync told it, ready to be compared and kept.
#[derive(Debug)]
pub(super) struct Told<'a> {
    pub(super) id: &'a str,
    pub(super) digest: String,
    attributes: &'a Map<String, Value>,
}

impl<'a> Told<'a> {
    /// The attributes in one spelling, for the database.
    pub(super) fn kept(&self) -> Result<Box<RawValue>, HistoryError> {
        canonical(self.attributes).and_then(RawValue::from_string).map_err(|error| unwritable(self.id, &error))
    }

    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.attributes.get(name).and_then(Value::as_str)
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.attributes.get(name).and_then(Value::as_bool)
    }
}

/// All that a sync told.
///
/// # Errors
/// [`HistoryError::Invalid`] where an id stands twice, or is none, or there is a character that PostgreSQL can't keep.
pub(super) fn told(resources: &[Resource]) -> Result<Vec<Told<'_>>, HistoryError> {
    let mut ids = HashSet::with_capacity(resources.len());
    let mut written = Vec::new();
    let told = resources.iter().map(|Resource { id, attributes }| {
        let canonical = write_canonical(attributes, &mut written).map_err(|error| unwritable(id, &error))?;
        // Rarely is it written, and more rarely is it that character, and not a text about it.
        if id.is_empty() || id.contains('\0') || (canonical.contains(NUL) && attributes.iter().any(has_nul)) {
            return Err(HistoryError::Invalid(format!("{id:?} has no id, or has a character with the code 0")));
        }
        if !ids.insert(id.as_str()) {
            return Err(HistoryError::Invalid(format!("{id} was told twice in one sync")));
        }
        Ok(Told { id, digest: digest(canonical), attributes })
    });
    told.collect()
}

fn unwritable(id: &str, error: &serde_json::Error) -> HistoryError {
    HistoryError::Invalid(format!("{id}: {error}"))
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
