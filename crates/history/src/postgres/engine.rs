use async_trait::async_trait;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};

use super::PostgresHistory;
use crate::engine::{Engine, Partitioned, Work};
use crate::sql::{Dialect, Row, Statement, postgres_arguments};
use crate::{Finding, HistoryError};

/// What is left without a partition of its own between its making and the lock is made anew: somebody dropped it.
const BEGIN: &str = "SELECT begin_work($1, $2, $3)";
/// Of upkeep alone. Who drops partitions holds the lock of those who make them before any table's, which these take after
/// it. Whoever reads waits behind a drop that waits, so that one must not wait for long.
const BEFORE_UPKEEP: &[&str] =
    &["SET LOCAL lock_timeout = '3s'", "SELECT pg_advisory_xact_lock(hashtextextended('larder partitions', 0))"];
/// Where little is there, or not all that has something was counted by the database yet, it is counted now.
const EXTENT: &str = "SELECT CASE WHEN bool_and(c.reltuples >= 0 OR pg_relation_size(c.oid) = 0)
        AND sum(greatest(c.reltuples, 0)) > 100000 THEN sum(greatest(c.reltuples, 0))::bigint END,
    COALESCE(array_agg(c.relname::text ORDER BY c.relname) FILTER (WHERE c.relispartition), '{}')
    FROM pg_class c WHERE c.relkind = 'r' AND (c.oid = $1::regclass
        OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = $1::regclass))";

#[async_trait]
impl Engine for PostgresHistory {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn described(&self) -> String {
        self.described.clone()
    }

    async fn ask(&self, statement: Statement) -> Result<Vec<Row>, HistoryError> {
        if let Some(replica) = &self.replica
            && let Some(pool) = replica.pool().await
        {
            match ask(pool, statement.clone()).await {
                Ok(rows) => {
                    replica.answered();
                    return Ok(rows);
                }
                Err(error) => replica.failed(&error),
            }
        }
        self.ask_now(statement).await
    }

    async fn ask_now(&self, statement: Statement) -> Result<Vec<Row>, HistoryError> {
        ask(self.ready().await?, statement).await
    }

    async fn ask_at_length(&self, statement: Statement) -> Result<Vec<Row>, HistoryError> {
        self.ready().await?;
        ask(&self.patient, statement).await
    }

    fn ask_row_by_row(&self, statement: Statement) -> BoxStream<'_, Result<Row, HistoryError>> {
        let begun = async move {
            self.ready().await?;
            let rows = query(statement)?.fetch(&self.patient);
            Ok(rows.map_ok(Row::Postgres).map_err(HistoryError::postgres))
        };
        stream::once(begun).try_flatten().boxed()
    }

    async fn begin(&self, place: &str, months: &[(Partitioned, Date)]) -> Result<Box<dyn Work>, HistoryError> {
        begin(self.ready().await?, &[], place, months).await
    }

    async fn begin_upkeep(&self, months: &[(Partitioned, Date)]) -> Result<Box<dyn Work>, HistoryError> {
        self.ready().await?;
        begin(&self.patient, BEFORE_UPKEEP, "upkeep", months).await
    }

    async fn version(&self) -> Result<String, HistoryError> {
        let version = "SELECT split_part(current_setting('server_version'), ' ', 1)";
        let version = sqlx::query_scalar(version).fetch_one(self.ready().await?).await;
        version.map(|version: String| format!("PostgreSQL {version}")).map_err(HistoryError::postgres)
    }

    async fn size(&self) -> Result<u64, HistoryError> {
        let size = sqlx::query_scalar("SELECT pg_database_size(current_database())");
        let size: i64 = size.fetch_one(self.ready().await?).await.map_err(HistoryError::postgres)?;
        Ok(size.try_into().unwrap_or_default())
    }

    async fn extent(&self, table: &str) -> Result<(u64, Vec<String>), HistoryError> {
        let extent = sqlx::query_as(EXTENT).bind(table).fetch_one(self.ready().await?).await;
        let (estimate, partitions): (Option<i64>, Vec<String>) = extent.map_err(HistoryError::postgres)?;
        let count = match estimate {
            Some(estimate) => estimate,
            None => {
                let count = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
                sqlx::query_scalar(count).fetch_one(&self.patient).await.map_err(HistoryError::postgres)?
            }
        };
        Ok((count.try_into().unwrap_or_default(), partitions))
    }

    async fn read_replica(&self) -> Option<String> {
        let replica = self.replica.as_ref()?;
        if replica.pool().await.is_some() {
            replica.answered();
        }
        Some(replica.state())
    }

    async fn drop_before(&self, work: &mut dyn Work, table: Partitioned, month: Date) -> Result<(), HistoryError> {
        let drop = Statement::new(Dialect::Postgres, "SELECT drop_partitions($1, $2)::text");
        work.ask(drop.bind(table.name()).bind(month)).await?;
        Ok(())
    }

    async fn damage(&self) -> Result<Vec<Finding>, HistoryError> {
        Ok(Vec::new())
    }
}

struct PostgresWork(Transaction<'static, Postgres>);

#[async_trait]
impl Work for PostgresWork {
    async fn ask(&mut self, statement: Statement) -> Result<Vec<Row>, HistoryError> {
        rows(query(statement)?.fetch_all(&mut *self.0).await)
    }

    async fn run(&mut self, statement: Statement) -> Result<u64, HistoryError> {
        let done = query(statement)?.execute(&mut *self.0).await.map_err(HistoryError::postgres)?;
        Ok(done.rows_affected())
    }

    async fn commit(self: Box<Self>) -> Result<(), HistoryError> {
        self.0.commit().await.map_err(HistoryError::postgres)
    }
}

/// Tables are locked in the order of their names by all, so that no two wait for each other.
async fn begin(
    pool: &PgPool,
    first: &[&'static str],
    place: &str,
    months: &[(Partitioned, Date)],
) -> Result<Box<dyn Work>, HistoryError> {
    let (mut months, mut tables, mut firsts) = (months.to_vec(), Vec::new(), Vec::new());
    months.sort_unstable_by_key(|(table, month)| (table.name(), *month));
    for (table, month) in months {
        tables.push(table.name());
        firsts.push(month.to_sqlx());
    }
    loop {
        let mut transaction = pool.begin().await.map_err(|error| failed(pool, error))?;
        for statement in first {
            sqlx::raw_sql(*statement).execute(&mut *transaction).await.map_err(HistoryError::postgres)?;
        }
        let begun = sqlx::query_scalar(BEGIN).bind(place).bind(&tables).bind(&firsts).fetch_one(&mut *transaction);
        let room: bool = begun.await.map_err(HistoryError::postgres)?;
        if room {
            return Ok(Box::new(PostgresWork(transaction)));
        }
        transaction.rollback().await.map_err(HistoryError::postgres)?;
    }
}

/// The text is ours: what others tell goes in as values only.
fn query<'q>(statement: Statement) -> Result<Query<'q, Postgres, PgArguments>, HistoryError> {
    let arguments = postgres_arguments(statement.values)?;
    Ok(sqlx::query_with(AssertSqlSafe(statement.text), arguments).persistent(statement.recurs))
}

async fn ask(pool: &PgPool, statement: Statement) -> Result<Vec<Row>, HistoryError> {
    let answered = query(statement)?.fetch_all(pool).await.map_err(|error| failed(pool, error))?;
    Ok(answered.into_iter().map(Row::Postgres).collect())
}

/// A pool that has all its connections, none of them free, says nothing of whether the database can be reached.
fn failed(pool: &PgPool, error: sqlx::Error) -> HistoryError {
    match error {
        sqlx::Error::PoolTimedOut if pool.size() >= pool.options().get_max_connections() => HistoryError::Busy(error),
        error => HistoryError::postgres(error),
    }
}

fn rows(answered: sqlx::Result<Vec<PgRow>>) -> Result<Vec<Row>, HistoryError> {
    Ok(answered.map_err(HistoryError::postgres)?.into_iter().map(Row::Postgres).collect())
}
