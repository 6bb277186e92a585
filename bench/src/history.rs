//! What the history's database answers and writes.

pub(crate) mod monthly_costs;
pub(crate) mod resource_sync;

mod replaced;
