#![doc = include_str!("../README.md")]

mod error;
mod history;

mod account;
mod cost;
mod query;
mod resource;
mod sync;
mod upkeep;

mod read;
mod store;

mod amount;
mod digest;
mod engine;
mod sql;

mod postgres;
mod sqlite;

pub use account::CloudAccount;
pub use cost::{CostRow, CostsOfAccount, Metric};
pub use error::HistoryError;
pub use history::History;
pub use postgres::{PostgresHistory, PostgresSettings};
pub use query::{
    CostOfDay, CostOfMonth, CountOfInstances, Dimension, KnownCosts, Mover, Period, SnapshotWithoutVolume,
    StoppedInstance,
};
pub use resource::{KeptResources, Kind, Resource};
pub use sqlite::SqliteHistory;
pub use sync::{CostSync, FailedSync, ResourceSync, SyncOutcome, SyncRecord, SyncRecords, What, Which};
pub use upkeep::{Finding, HistoryStatus, Pruned, Retention, TableStatus};
