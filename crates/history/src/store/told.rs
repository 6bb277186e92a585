use std::collections::HashSet;

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::digest::{canonical, digest, write_canonical};
use crate::{HistoryError, Resource};

/// How JSON writes the character that PostgreSQL can't keep.
const NUL: &str = "\\u0000";

/// So many are not worth another core.
const FEW: usize = 500;

/// A resource as a sync told it, ready to be compared and kept.
#[derive(Debug)]
pub(super) struct Told<'a> {
    pub(super) id: &'a str,
    pub(super) digest: String,
    attributes: &'a Map<String, Value>,
}

impl<'a> Told<'a> {
    fn of(Resource { id, attributes }: &'a Resource, written: &mut Vec<u8>) -> Result<Self, HistoryError> {
        let canonical = write_canonical(attributes, written).map_err(|error| unwritable(id, &error))?;
        // Rarely is it written, and more rarely is it that character, and not a text about it.
        if id.is_empty() || id.contains('\0') || (canonical.contains(NUL) && attributes.iter().any(has_nul)) {
            return Err(HistoryError::Invalid(format!("{id:?} has no id, or has a character with the code 0")));
        }
        Ok(Self { id, digest: digest(canonical), attributes })
    }

    /// The attributes in one spelling, for the database.
    pub(super) fn kept(&self) -> Result<Box<RawValue>, HistoryError> {
        canonical(self.attributes).and_then(RawValue::from_string).map_err(|error| unwritable(self.id, &error))
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.attributes.get(name).and_then(Value::as_str).map(str::to_owned)
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.attributes.get(name).and_then(Value::as_bool)
    }
}

/// All that a sync told. To write ten thousand resources out takes as long as all else of a sync: each core writes some.
///
/// # Errors
/// [`HistoryError::Invalid`] where an id stands twice, or is none, or there is a character that PostgreSQL can't keep.
pub(super) fn told(resources: &[Resource]) -> Result<Vec<Told<'_>>, HistoryError> {
    let mut ids = HashSet::with_capacity(resources.len());
    if let Some(twice) = resources.iter().find(|resource| !ids.insert(resource.id.as_str())) {
        return Err(HistoryError::Invalid(format!("{} was told twice in one sync", twice.id)));
    }
    resources.par_iter().with_min_len(FEW).map_init(Vec::new, |written, resource| Told::of(resource, written)).collect()
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
