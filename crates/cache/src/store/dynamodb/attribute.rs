//! Attribute names and values of the table.

use std::collections::HashMap;
use std::fmt::Display;

use aws_sdk_dynamodb::types::{AttributeValue, ConsumedCapacity};

use crate::store::Units;

/// The table's hash key.
pub(super) const KEY: &str = "cacheKey";

/// An item as the SDK has it.
pub(super) type Item = HashMap<String, AttributeValue>;

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn number(value: impl Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The primary key of an item.
pub(super) fn primary_key(key: impl Into<String>) -> Item {
    Item::from([(KEY.to_owned(), text(key))])
}

/// An item's attribute as a text, if it is one.
pub(super) fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// An item's attribute as a whole number, if it is one.
pub(super) fn number_of(item: &Item, name: &str) -> Option<u64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// What reading cost, as the service reports it.
pub(super) fn read_units<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) -> Units {
    Units { read: total(consumed), write: 0.0 }
}

/// What writing cost, as the service reports it.
pub(super) fn write_units<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) -> Units {
    Units { read: 0.0, write: total(consumed) }
}

fn total<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) -> f64 {
    consumed.into_iter().filter_map(ConsumedCapacity::capacity_units).sum()
}
