//! Looking after what is kept.

mod export;
mod prune;
mod status;
mod table;
mod verify;

pub(crate) use export::export;
pub(crate) use prune::{maintain, prunable};
pub(crate) use status::status;
pub(crate) use table::TABLES;
pub(crate) use verify::verify;

use jiff::Timestamp;

/// For how many months each is kept, the current one besides; absent means for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Versions that are no longer current, and records of syncs.
    pub versions_months: Option<u16>,
    /// Costs.
    pub costs_months: Option<u16>,
}

/// What the database is and holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryStatus {
    /// `SQLite 3.50.2`, `PostgreSQL 17.6`.
    pub database: String,
    /// The last migration that it has.
    pub schema_version: i64,
    /// In bytes, indexes too.
    pub size: u64,
    /// One each, by name.
    pub tables: Vec<TableStatus>,
    /// Where reads go, if that is not where writes go: `ok`, or why they do not.
    pub read_replica: Option<String>,
}

/// What one table holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableStatus {
    /// Its name.
    pub name: String,
    /// How many rows; PostgreSQL estimates it.
    pub rows: u64,
    /// The oldest and the newest moment that its rows are about.
    pub span: Option<(Timestamp, Timestamp)>,
    /// The names of its partitions, if it has any.
    pub partitions: Vec<String>,
}

/// What a prune deletes, or would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Versions.
    pub versions: u64,
    /// Costs.
    pub costs: u64,
    /// Records of syncs.
    pub syncs: u64,
}

/// What a verification found wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The table.
    pub table: String,
    /// Which row, and what is wrong with it.
    pub what: String,
}
