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
    /// With its indexes; only for who may see every account.
    pub size_bytes: Option<u64>,
    /// By name; none for who may not see every account, of all of which they tell.
    pub tables: Vec<TableReport>,
    /// Where reads go, if that is not where writes go: `ok`, or why they do not; `unavailable` for who may not see every
    /// account.
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
        let report = HistoryReport {
            database,
            description: Some(opened.description()),
            schema_version,
            size_bytes: Some(size),
            tables: tables.into_iter().map(TableReport::of).collect(),
            read_replica,
            last_sync,
        };
        Ok(if principal.may_see_all() { report } else { report.without_what_tells_of_others() })
    }
}

impl HistoryReport {
    fn without_what_tells_of_others(self) -> Self {
        let read_replica = self.read_replica.map(|state| match &*state {
            "ok" => state,
            _ => "unavailable".to_owned(),
        });
        Self { description: None, size_bytes: None, tables: Vec::new(), read_replica, ..self }
    }
}

impl TableReport {
    fn of(table: TableStatus) -> Self {
        let TableStatus { name, rows, span, partitions } = table;
        let (oldest, newest) = span.unzip();
        Self { name, rows, oldest, newest, partitions }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_a_replica_fails_is_for_those_who_may_see_all() {
        let report = |state: &str| HistoryReport {
            database: String::new(),
            description: None,
            schema_version: 1,
            size_bytes: None,
            tables: Vec::new(),
            read_replica: Some(state.to_owned()),
            last_sync: None,
        };
        let told = |state| report(state).without_what_tells_of_others().read_replica;
        assert_eq!(told("ok").as_deref(), Some("ok"));
        assert_eq!(told("no route to replica.internal").as_deref(), Some("unavailable"));
    }
}
