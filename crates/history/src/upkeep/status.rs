use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::TABLES;
use crate::engine::Engine;
use crate::sql::{Reader, Statement};
use crate::{HistoryError, HistoryStatus, TableStatus};

const SCHEMA_VERSION: &str = "SELECT max(version) FROM _sqlx_migrations";

pub(crate) async fn status(engine: &impl Engine) -> Result<HistoryStatus, HistoryError> {
    let version = engine.ask(Statement::new(engine.dialect(), SCHEMA_VERSION)).await?;
    let schema_version: Option<i64> = version.first().map_or(Ok(None), |row| row.reader().take())?;
    let mut tables = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        let (rows, partitions) = engine.extent(table.name).await?;
        let span = span(engine, table.name).await?;
        tables.push(TableStatus { name: table.name.to_owned(), rows, span, partitions });
    }
    Ok(HistoryStatus {
        database: engine.version().await?,
        schema_version: schema_version.unwrap_or_default(),
        size: engine.size().await?,
        tables,
        read_replica: engine.read_replica().await,
    })
}

/// From when to when a table tells something. What syncs noted of it is asked, not the whole table.
async fn span(engine: &impl Engine, table: &str) -> Result<Option<(Timestamp, Timestamp)>, HistoryError> {
    let text = match table {
        "cost_data" => "SELECT min(from_day), max(to_day) FROM cost_spans",
        "resources" | "resource_versions" => {
            "SELECT min(first_as_of), max(as_of) FROM sync_state WHERE what <> 'costs'"
        }
        "sync_history" => "SELECT min(as_of), max(as_of) FROM sync_history",
        _ => return Ok(None),
    };
    let rows = engine.ask(Statement::new(engine.dialect(), text)).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let mut row = row.reader();
    if table == "cost_data" {
        return Ok(midnight(&mut row)?.zip(midnight(&mut row)?));
    }
    Ok(row.take::<Option<Timestamp>>()?.zip(row.take()?))
}

/// When the next column's day begins, in UTC.
fn midnight(row: &mut Reader<'_>) -> Result<Option<Timestamp>, HistoryError> {
    let day: Option<Date> = row.take()?;
    Ok(day.and_then(|day| day.to_zoned(TimeZone::UTC).ok()).map(|zoned| zoned.timestamp()))
}
