use std::fmt::Debug;

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::civil::Date;

use crate::sql::{Dialect, Row, Statement};
use crate::{Finding, HistoryError};

/// What the history needs of a database. All that it keeps and answers is written once, on top of this.
#[async_trait]
pub(crate) trait Engine: Debug + Send + Sync {
    /// How statements are written for it.
    fn dialect(&self) -> Dialect;

    /// The database for people, without a password.
    fn described(&self) -> String;

    /// Asks. What it answers may be a moment old where there is a replica.
    async fn ask(&self, statement: Statement) -> Result<Vec<Row>, HistoryError>;

    /// Asks as things are now: there is no replica.
    async fn ask_now(&self, statement: Statement) -> Result<Vec<Row>, HistoryError>;

    /// Asks what may take long: there is no statement timeout, and no replica.
    async fn ask_at_length(&self, statement: Statement) -> Result<Vec<Row>, HistoryError>;

    /// The same for more than fits in memory.
    fn ask_row_by_row(&self, statement: Statement) -> BoxStream<'_, Result<Row, HistoryError>>;

    /// Begins a transaction. No other of the same `place` goes on before this one has ended, and there is room for rows
    /// of these months.
    async fn begin(&self, place: &str, months: &[(Partitioned, Date)]) -> Result<Box<dyn Work>, HistoryError>;

    /// The same for upkeep, which may take long.
    async fn begin_upkeep(&self, months: &[(Partitioned, Date)]) -> Result<Box<dyn Work>, HistoryError>;

    /// Its version, for people.
    async fn version(&self) -> Result<String, HistoryError>;

    /// How many bytes it takes.
    async fn size(&self) -> Result<u64, HistoryError>;

    /// About how many rows a table has, and its partitions' names.
    async fn extent(&self, table: &str) -> Result<(u64, Vec<String>), HistoryError>;

    /// Where reads go, if not where writes go.
    async fn read_replica(&self) -> Option<String>;

    /// Drops the partitions of months before this one. What is kept without partitions is left to be deleted.
    async fn drop_before(&self, work: &mut dyn Work, table: Partitioned, month: Date) -> Result<(), HistoryError>;

    /// What the database itself finds damaged.
    async fn damage(&self) -> Result<Vec<Finding>, HistoryError>;
}

/// A transaction. Dropped without a commit, it leaves nothing.
#[async_trait]
pub(crate) trait Work: Send {
    /// Asks within it.
    async fn ask(&mut self, statement: Statement) -> Result<Vec<Row>, HistoryError>;

    /// Changes something: how many rows.
    async fn run(&mut self, statement: Statement) -> Result<u64, HistoryError>;

    /// Keeps all of it.
    async fn commit(self: Box<Self>) -> Result<(), HistoryError>;
}

/// A table that PostgreSQL keeps by month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Partitioned {
    /// By the month in which the version ended.
    ResourceVersions,
    /// By the day's month.
    CostData,
    /// By the month in which AWS was asked.
    SyncHistory,
}

impl Partitioned {
    pub(crate) const ALL: [Self; 3] = [Self::ResourceVersions, Self::CostData, Self::SyncHistory];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ResourceVersions => "resource_versions",
            Self::CostData => "cost_data",
            Self::SyncHistory => "sync_history",
        }
    }
}
