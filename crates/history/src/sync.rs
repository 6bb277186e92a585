use jiff::Timestamp;
use jiff::civil::Date;

use crate::{CostRow, Kind, Resource};

/// All resources of one kind that an account has in a region: what is kept and not among them has vanished.
#[derive(Clone, Debug)]
pub struct ResourceSync<'a> {
    /// 12 digits.
    pub account: &'a str,
    /// By name.
    pub region: &'a str,
    /// Of what kind all of them are.
    pub kind: Kind,
    /// When AWS was first asked for them: what changed later is not in them.
    pub as_of: Timestamp,
    /// Who wanted it: `schedule`, `larder sync`, a user's name.
    pub by: &'a str,
    /// In any order, each id once.
    pub resources: &'a [Resource],
}

/// All costs of an account on a span of days: what is kept of these days and not among them is no cost any more.
#[derive(Clone, Debug)]
pub struct CostSync<'a> {
    /// 12 digits.
    pub account: &'a str,
    /// The first day.
    pub from: Date,
    /// The day after the last.
    pub to: Date,
    /// When AWS was first asked for them.
    pub as_of: Timestamp,
    /// Who wanted it.
    pub by: &'a str,
    /// In any order, each day and service once.
    pub rows: &'a [CostRow],
}

/// What was asked for and could not be had: it is told, and what is kept stays as it is.
#[derive(Clone, Debug)]
pub struct FailedSync<'a> {
    /// 12 digits.
    pub account: &'a str,
    /// By name; absent for costs.
    pub region: Option<&'a str>,
    /// What it was about.
    pub what: What,
    /// When AWS was first asked.
    pub as_of: Timestamp,
    /// Who wanted it.
    pub by: &'a str,
    /// The stable code of the problem: `ACCESS_DENIED`.
    pub code: &'a str,
    /// The problem, for people.
    pub error: &'a str,
}

/// What a sync is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Resources of that kind.
    Resources(Kind),
    /// Costs.
    Costs,
}

impl What {
    /// The name in the database: that of the kind, or `costs`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resources(kind) => kind.name(),
            Self::Costs => "costs",
        }
    }
}

/// What a sync did, in rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncOutcome {
    /// How many were told.
    pub seen: u64,
    /// How many were not kept before, or had vanished and are back.
    pub added: u64,
    /// How many were kept and are different now.
    pub changed: u64,
    /// How many were kept and are no more.
    pub gone: u64,
    /// Whether it was older than what is kept, so that nothing was written but that it was tried.
    pub superseded: bool,
}

/// A row of `sync_history`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncRecord {
    /// 12 digits.
    pub account: String,
    /// By name; absent for costs.
    pub region: Option<String>,
    /// What it was about.
    pub what: What,
    /// When AWS was first asked.
    pub as_of: Timestamp,
    /// Who wanted it.
    pub by: String,
    /// What it did, or its code and the problem for people.
    pub result: Result<SyncOutcome, (String, String)>,
}

/// Which records, newest first.
#[derive(Clone, Debug, Default)]
pub struct SyncRecords {
    /// Of these accounts; of all where there are none.
    pub accounts: Vec<String>,
    /// Of these kinds; of all where there are none.
    pub whats: Vec<What>,
    /// Wanted by that one; by anybody where absent.
    pub by: Option<String>,
    /// All of them, those that failed, or those that succeeded.
    pub which: Which,
    /// At most so many.
    pub limit: u32,
}

/// Which syncs are asked for, by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// All.
    #[default]
    All,
    /// Those that failed.
    Failed,
    /// Those that succeeded.
    Succeeded,
}
