//! Fetching past the cache, keeping in the history what changed, and refilling the cache.

mod running;
mod schedule;

mod asked;
mod deadline;
mod marks;
mod one;
mod pace;
mod records;
mod refused;
mod report;
mod targets;
mod upkeep;

pub use asked::{SYNCED, SyncRequest, name_of, what_of_text};
pub use larder_history::Which;
pub(crate) use records::accounts_of;
pub use records::{AskedRecords, Record, Records};
pub use report::{FailedTarget, Outcome, SyncReport};
pub use running::{Progress, Sync};
pub use schedule::{Schedule, ScheduleStart};

#[cfg(test)]
mod tests;
