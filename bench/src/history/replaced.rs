//! A sync that keeps nothing: all is deleted, and inserted again.

use std::path::Path;

use larder_history::Resource;
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, QueryBuilder, Sqlite, SqliteConnection};

/// The tables that a sync of resources writes.
const WRITTEN: [&str; 4] = ["resources", "resource_versions", "sync_state", "sync_history"];
const INTO: &str = "INSERT INTO replaced (account_id, kind, region, resource_id, attributes, state, instance_type) ";
/// SQLite takes 32,766 values in a statement.
const BATCH: usize = 4_000;
const OF: [&str; 3] = ["111122223333", "instance", "us-east-1"];

/// A table of resources in the database of a history, with the history's columns, key and index, and no versions.
pub(super) enum Replaced {
    InSqlite(SqliteConnection),
    InPostgres(PgConnection),
}

impl Replaced {
    /// In an SQLite file, which is flushed as the history's is.
    pub(super) async fn in_sqlite(path: &Path) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::new().filename(path).journal_mode(SqliteJournalMode::Wal);
        let mut connection = options.synchronous(SqliteSynchronous::Full).connect().await?;
        sqlx::raw_sql(
            "CREATE TABLE replaced (account_id TEXT NOT NULL, kind TEXT NOT NULL, region TEXT NOT NULL,
                resource_id TEXT NOT NULL, attributes TEXT NOT NULL CHECK (json_valid(attributes)), state TEXT,
                instance_type TEXT, PRIMARY KEY (account_id, kind, region, resource_id)) STRICT;
            CREATE INDEX replaced_by_state ON replaced (kind, state);
            CREATE TABLE written (count INTEGER NOT NULL);
            INSERT INTO written VALUES (0);",
        )
        .execute(&mut connection)
        .await?;
        Ok(Self::InSqlite(connection))
    }

    /// In a PostgreSQL database.
    pub(super) async fn in_postgres(url: &str) -> anyhow::Result<Self> {
        let mut connection = PgConnection::connect(url).await?;
        sqlx::raw_sql(
            "CREATE TABLE replaced (account_id text COLLATE \"C\", kind text COLLATE \"C\", region text COLLATE \"C\",
                resource_id text COLLATE \"C\", attributes jsonb NOT NULL, state text, instance_type text,
                PRIMARY KEY (account_id, kind, region, resource_id));
            CREATE INDEX replaced_by_state ON replaced (kind, state);",
        )
        .execute(&mut connection)
        .await?;
        Ok(Self::InPostgres(connection))
    }

    /// Deletes what is there, and inserts these, in one transaction.
    pub(super) async fn replace(&mut self, resources: &[Resource]) -> anyhow::Result<()> {
        match self {
            Self::InSqlite(connection) => in_sqlite(connection, resources).await,
            Self::InPostgres(connection) => in_postgres(connection, resources).await,
        }
    }

    /// Counts from here on what the history writes.
    pub(super) async fn begin_counting(&mut self) -> anyhow::Result<()> {
        // PostgreSQL notes of each row who wrote it.
        if let Self::InSqlite(connection) = self {
            for (table, event) in writes() {
                let count = "BEGIN UPDATE written SET count = count + 1; END";
                let trigger = format!("CREATE TRIGGER {table}_{event} AFTER {event} ON {table} {count}");
                sqlx::raw_sql(AssertSqlSafe(trigger)).execute(&mut *connection).await?;
            }
        }
        Ok(())
    }

    /// How many rows the history has written since, in one sync; they are counted no longer.
    pub(super) async fn written(&mut self) -> anyhow::Result<i64> {
        match self {
            Self::InSqlite(connection) => {
                for (table, event) in writes() {
                    let drop = format!("DROP TRIGGER {table}_{event}");
                    sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut *connection).await?;
                }
                Ok(sqlx::query_scalar("SELECT count FROM written").fetch_one(connection).await?)
            }
            Self::InPostgres(connection) => {
                let by_last = "(SELECT xmin FROM sync_history ORDER BY id DESC LIMIT 1)";
                let counts = WRITTEN.map(|table| format!("(SELECT count(*) FROM {table} WHERE xmin = {by_last})"));
                let count = format!("SELECT {}", counts.join(" + "));
                Ok(sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(connection).await?)
            }
        }
    }

    /// How many resources are there.
    pub(super) async fn count(&mut self) -> anyhow::Result<i64> {
        let count = "SELECT count(*) FROM replaced";
        Ok(match self {
            Self::InSqlite(connection) => sqlx::query_scalar(count).fetch_one(connection).await?,
            Self::InPostgres(connection) => sqlx::query_scalar(count).fetch_one(connection).await?,
        })
    }
}

/// Every way in which a row may be written.
fn writes() -> impl Iterator<Item = (&'static str, &'static str)> {
    WRITTEN.iter().flat_map(|table| ["INSERT", "UPDATE", "DELETE"].map(|event| (*table, event)))
}

async fn in_sqlite(connection: &mut SqliteConnection, resources: &[Resource]) -> anyhow::Result<()> {
    let mut work = connection.begin().await?;
    sqlx::query("DELETE FROM replaced").execute(&mut *work).await?;
    for batch in resources.chunks(BATCH) {
        let attributes = batch.iter().map(attributes).collect::<anyhow::Result<Vec<_>>>()?;
        let mut insert: QueryBuilder<Sqlite> = QueryBuilder::new(INTO);
        insert.push_values(batch.iter().zip(attributes), |mut row, (resource, attributes)| {
            for part in OF {
                row.push_bind(part);
            }
            row.push_bind(resource.id.as_str()).push_bind(attributes);
            row.push_bind(text(resource, "state")).push_bind(text(resource, "instanceType"));
        });
        insert.build().execute(&mut *work).await?;
    }
    Ok(work.commit().await?)
}

async fn in_postgres(connection: &mut PgConnection, resources: &[Resource]) -> anyhow::Result<()> {
    let mut work = connection.begin().await?;
    sqlx::query("DELETE FROM replaced").execute(&mut *work).await?;
    let insert = format!(
        "{INTO} SELECT $1, $2, $3, id, attributes::jsonb, state, type
        FROM unnest($4::text[], $5::text[], $6::text[], $7::text[]) AS told (id, attributes, state, type)"
    );
    let each = |member| resources.iter().map(|it| text(it, member)).collect::<Vec<_>>();
    let insert = OF.iter().fold(sqlx::query(AssertSqlSafe(insert)), |insert, part| insert.bind(*part));
    let insert = insert
        .bind(resources.iter().map(|it| it.id.as_str()).collect::<Vec<_>>())
        .bind(resources.iter().map(attributes).collect::<anyhow::Result<Vec<_>>>()?)
        .bind(each("state"))
        .bind(each("instanceType"));
    insert.execute(&mut *work).await?;
    Ok(work.commit().await?)
}

fn attributes(resource: &Resource) -> anyhow::Result<String> {
    Ok(serde_json::to_string(&resource.attributes)?)
}

fn text<'a>(resource: &'a Resource, member: &str) -> Option<&'a str> {
    resource.attributes.get(member).and_then(Value::as_str)
}
