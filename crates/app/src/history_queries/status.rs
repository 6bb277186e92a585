use jiff::Timestamp;
use larder_history::{HistoryStatus, TableStatus, Which};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::sync::{AskedRecords, Record};
use crate::{App, Principal};

/// What the history's database is and holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryReport {
    /// `SQLite 3.50.2`, `PostgreSQL 17.6`.
    pub database: String,
    /// Where it is, without a password; only for who may see every account.
    pub description: Option<String>,
    /// The last migration that it has.
    pub schema_version: i64,
    /// With its indexes.
    pub size_bytes: u64,
    /// By name.
    pub tables: Vec<TableReport>,
    /// Where reads go, if that is not where writes go: `ok`, or why they do not.
    pub read_replica: Option<String>,
    /// The newest record of a sync of an account that the caller may see.
    pub last_sync: Option<Record>,
}

/// What one table holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TableReport {
    /// Its name.
    pub name: String,
    /// How many rows, about.
    pub rows: u64,
    /// The oldest moment that a row is about.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub oldest: Option<Timestamp>,
    /// The newest moment that a row is about.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub newest: Option<Timestamp>,
    /// Its partitions, if it has any.
    pub partitions: Vec<String>,
}

impl App {
    /// What the history's database is and holds.
    ///
    /// # Errors
    /// A [`Problem`] if the caller may see no account, or if the history can't be asked.
    pub async fn history_report(&self, principal: &Principal) -> Result<HistoryReport, Problem> {
        principal.check_read()?;
        let newest = AskedRecords { accounts: None, which: Which::All, limit: 1 };
        let last_sync = self.records(principal, &newest).await?.syncs.into_iter().next();
        let history = self.history();
        let opened = history.opened().await?;
        let HistoryStatus { database, schema_version, size, tables, read_replica } =
            history.told(opened.status()).await?;
        Ok(HistoryReport {
            database,
            description: principal.may_see_all().then(|| opened.description()),
            schema_version,
            size_bytes: size,
            tables: tables.into_iter().map(TableReport::of).collect(),
            read_replica,
            last_sync,
        })
    }
}

impl TableReport {
    fn of(table: TableStatus) -> Self {
        let TableStatus { name, rows, span, partitions } = table;
        let (oldest, newest) = span.unzip();
        Self { name, rows, oldest, newest, partitions }
    }
}
