//! Answering from what is kept.

mod costs;
mod instances;
mod inventory;
mod known;
mod movers;
mod snapshots;
mod stopped;
mod syncs;

pub(crate) use costs::{costs, daily_costs, monthly_costs, sums_by_month};
pub(crate) use instances::instances_over_time;
pub(crate) use inventory::resources;
pub(crate) use known::{as_of, known_costs};
pub(crate) use movers::movers;
pub(crate) use snapshots::snapshots_without_volume;
pub(crate) use stopped::stopped_instances;
pub(crate) use syncs::{longest_unsynced, synced_accounts, syncs};

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::HistoryError;

/// A resource's attributes, as they were told.
pub(crate) fn attributes(value: Value) -> Result<Map<String, Value>, HistoryError> {
    match value {
        Value::Object(attributes) => Ok(attributes),
        other => Err(HistoryError::Unusable(format!("attributes that are no object: {other}"))),
    }
}

/// The moment that an attribute tells.
fn moment(attributes: &Map<String, Value>, name: &str) -> Option<Timestamp> {
    attributes.get(name)?.as_str()?.parse().ok()
}

/// The text that an attribute tells.
fn text(attributes: &Map<String, Value>, name: &str) -> Option<String> {
    Some(attributes.get(name)?.as_str()?.to_owned())
}
