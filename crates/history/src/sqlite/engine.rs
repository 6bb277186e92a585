use async_trait::async_trait;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use jiff::civil::Date;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Sqlite, SqlitePool, Transaction};

use super::SqliteHistory;
use crate::engine::{Engine, Partitioned, Work};
use crate::sql::{Dialect, Row, Statement, sqlite_arguments};
use crate::{Finding, HistoryError};

#[async_trait]
impl Engine for SqliteHistory {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn described(&self) -> String {
        self.path.as_ref().map_or_else(|| "sqlite::memory:".to_owned(), |path| format!("sqlite:{}", path.display()))
    }

    async fn ask(&self, statement: Statement) -> Result<Vec<Row>, HistoryError> {
        rows(query(statement)?.fetch_all(&self.readers).await)
    }

    async fn ask_now(&self, statement: Statement) -> Result<Vec<Row>, HistoryError> {
        self.ask(statement).await
    }

    async fn ask_at_length(&self, statement: Statement) -> Result<Vec<Row>, HistoryError> {
        self.ask(statement).await
    }

    fn ask_row_by_row(&self, statement: Statement) -> BoxStream<'_, Result<Row, HistoryError>> {
        match query(statement) {
            Ok(query) => query.fetch(&self.readers).map_ok(Row::Sqlite).map_err(HistoryError::sqlite).boxed(),
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    }

    async fn begin(&self, _place: &str, _months: &[(Partitioned, Date)]) -> Result<Box<dyn Work>, HistoryError> {
        let transaction = self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(HistoryError::sqlite)?;
        Ok(Box::new(SqliteWork(transaction)))
    }

    async fn begin_upkeep(&self, months: &[(Partitioned, Date)]) -> Result<Box<dyn Work>, HistoryError> {
        self.begin("", months).await
    }

    async fn version(&self) -> Result<String, HistoryError> {
        Ok(format!("SQLite {}", scalar::<String>(&self.readers, "SELECT sqlite_version()").await?))
    }

    async fn size(&self) -> Result<u64, HistoryError> {
        let size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        Ok(scalar::<i64>(&self.readers, size).await?.try_into().unwrap_or_default())
    }

    async fn extent(&self, table: &str) -> Result<(u64, Vec<String>), HistoryError> {
        let count: i64 = scalar(&self.readers, &format!("SELECT count(*) FROM {table}")).await?;
        Ok((count.try_into().unwrap_or_default(), Vec::new()))
    }

    async fn read_replica(&self) -> Option<String> {
        None
    }

    async fn drop_before(&self, _work: &mut dyn Work, _table: Partitioned, _month: Date) -> Result<(), HistoryError> {
        Ok(())
    }

    async fn damage(&self) -> Result<Vec<Finding>, HistoryError> {
        let mut findings = Vec::new();
        for row in self.ask(Statement::new(Dialect::Sqlite, "PRAGMA integrity_check")).await? {
            let what: String = row.reader().take()?;
            if what != "ok" {
                findings.push(Finding { table: "sqlite_schema".to_owned(), what });
            }
        }
        let strays = "SELECT \"table\", 'row ' || COALESCE(rowid, '?') || ' belongs to no ' || parent
            FROM pragma_foreign_key_check";
        for row in self.ask(Statement::new(Dialect::Sqlite, strays)).await? {
            let mut row = row.reader();
            findings.push(Finding { table: row.take()?, what: row.take()? });
        }
        Ok(findings)
    }
}

/// A transaction that was begun as a writing one, so that it never fails for another's sake once it has read.
struct SqliteWork(Transaction<'static, Sqlite>);

#[async_trait]
impl Work for SqliteWork {
    async fn ask(&mut self, statement: Statement) -> Result<Vec<Row>, HistoryError> {
        rows(query(statement)?.fetch_all(&mut *self.0).await)
    }

    async fn run(&mut self, statement: Statement) -> Result<u64, HistoryError> {
        let done = query(statement)?.execute(&mut *self.0).await.map_err(HistoryError::sqlite)?;
        Ok(done.rows_affected())
    }

    async fn commit(self: Box<Self>) -> Result<(), HistoryError> {
        self.0.commit().await.map_err(HistoryError::sqlite)
    }
}

/// The text is ours: what others tell goes in as values only.
fn query<'q>(statement: Statement) -> Result<Query<'q, Sqlite, SqliteArguments>, HistoryError> {
    let arguments = sqlite_arguments(statement.values)?;
    Ok(sqlx::query_with(AssertSqlSafe(statement.text), arguments).persistent(statement.recurs))
}

fn rows(answered: sqlx::Result<Vec<SqliteRow>>) -> Result<Vec<Row>, HistoryError> {
    Ok(answered.map_err(HistoryError::sqlite)?.into_iter().map(Row::Sqlite).collect())
}

async fn scalar<T>(pool: &SqlitePool, text: &str) -> Result<T, HistoryError>
where
    T: for<'r> sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite> + Send + Unpin,
{
    sqlx::query_scalar(AssertSqlSafe(text.to_owned())).fetch_one(pool).await.map_err(HistoryError::sqlite)
}
