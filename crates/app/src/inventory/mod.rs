//! What an account has: from the cache and, where AWS fails, from the history.

mod kinds;
mod reading;

mod answer;
mod region_told;

pub use answer::{InventoryAnswer, InventoryPage};
pub use kinds::{INVENTORY, InventoryKind};
pub use reading::{AskedInventory, Inventory};
pub(crate) use region_told::{Source, fetch_begun, moment_before, seconds_of};

#[cfg(test)]
mod tests;
