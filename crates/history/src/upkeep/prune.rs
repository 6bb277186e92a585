use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::{Pruned, Retention};
use crate::HistoryError;
use crate::engine::{Engine, Partitioned, Work};
use crate::sql::{Row, Statement};
use crate::store::month_of;

/// How many months ahead there is room for rows.
const AHEAD: i32 = 3;

const OLD_VERSIONS: &str = "SELECT count(*) FROM resource_versions WHERE valid_to < $1";
const OLD_SYNCS: &str = "SELECT count(*) FROM sync_history WHERE as_of < $1";
const OLD_COSTS: &str = "SELECT count(*) FROM cost_data WHERE day < $1";

/// In this order: a resource goes after its last version.
const DELETE_VERSIONS: [&str; 4] = [
    "DELETE FROM resource_versions WHERE valid_to < $1",
    "DELETE FROM resources WHERE gone_at < $1",
    "DELETE FROM sync_history WHERE as_of < $1",
    "INSERT INTO retention (table_name, kept_since) VALUES ('resource_versions', $1)
        ON CONFLICT (table_name) DO UPDATE SET kept_since = excluded.kept_since
        WHERE retention.kept_since < excluded.kept_since",
];
const DELETE_COSTS: [&str; 4] = [
    "DELETE FROM cost_data WHERE day < $1",
    "DELETE FROM cost_month WHERE month < $1",
    "DELETE FROM cost_spans WHERE to_day <= $1",
    "UPDATE cost_spans SET from_day = $1 WHERE from_day < $1",
];

/// Before what month each is deleted.
struct Cutoffs {
    versions: Option<(Date, Timestamp)>,
    costs: Option<Date>,
}

pub(crate) async fn maintain(
    engine: &impl Engine,
    retention: Retention,
    now: Timestamp,
) -> Result<Pruned, HistoryError> {
    let cutoffs = Cutoffs::of(retention, now)?;
    let ahead = (0..=AHEAD).map(|months| month_of(now).saturating_add(months.months()));
    let months: Vec<_> =
        Partitioned::ALL.into_iter().flat_map(|table| ahead.clone().map(move |month| (table, month))).collect();
    let mut work = engine.begin_upkeep(&months).await?;
    let dialect = engine.dialect();
    let mut pruned = Pruned::default();
    if let Some((_, moment)) = cutoffs.versions {
        pruned.versions = count(&work.ask(Statement::new(dialect, OLD_VERSIONS).bind(moment)).await?)?;
        pruned.syncs = count(&work.ask(Statement::new(dialect, OLD_SYNCS).bind(moment)).await?)?;
    }
    if let Some(month) = cutoffs.costs {
        pruned.costs = count(&work.ask(Statement::new(dialect, OLD_COSTS).bind(month)).await?)?;
    }
    for (table, month) in cutoffs.of_partitions() {
        engine.drop_before(work.as_mut(), table, month).await?;
    }
    if let Some(month) = cutoffs.costs {
        delete(work.as_mut(), DELETE_COSTS.map(|text| Statement::new(dialect, text).bind(month))).await?;
    }
    if let Some((_, moment)) = cutoffs.versions {
        delete(work.as_mut(), DELETE_VERSIONS.map(|text| Statement::new(dialect, text).bind(moment))).await?;
    }
    work.commit().await?;
    Ok(pruned)
}

pub(crate) async fn prunable(
    engine: &impl Engine,
    retention: Retention,
    now: Timestamp,
) -> Result<Pruned, HistoryError> {
    let cutoffs = Cutoffs::of(retention, now)?;
    let mut pruned = Pruned::default();
    let statement = |text| Statement::new(engine.dialect(), text);
    if let Some((_, moment)) = cutoffs.versions {
        pruned.versions = count(&engine.ask_at_length(statement(OLD_VERSIONS).bind(moment)).await?)?;
        pruned.syncs = count(&engine.ask_at_length(statement(OLD_SYNCS).bind(moment)).await?)?;
    }
    if let Some(month) = cutoffs.costs {
        pruned.costs = count(&engine.ask_at_length(statement(OLD_COSTS).bind(month)).await?)?;
    }
    Ok(pruned)
}

impl Cutoffs {
    fn of(retention: Retention, now: Timestamp) -> Result<Self, HistoryError> {
        let before = |months: u16| month_of(now).saturating_sub(i32::from(months).months());
        let versions = retention.versions_months.map(|months| {
            let month = before(months);
            let midnight = month.to_zoned(TimeZone::UTC).map_err(|error| HistoryError::Invalid(error.to_string()))?;
            Ok((month, midnight.timestamp()))
        });
        Ok(Self { versions: versions.transpose()?, costs: retention.costs_months.map(before) })
    }

    /// By the tables' names, as syncs lock them: neither ever holds a table that the other waits for with one that it
    /// needs itself.
    fn of_partitions(&self) -> Vec<(Partitioned, Date)> {
        let versions = self.versions.map(|(month, _)| month);
        let of = |table| match table {
            Partitioned::CostData => self.costs,
            Partitioned::ResourceVersions | Partitioned::SyncHistory => versions,
        };
        let mut partitions: Vec<_> =
            Partitioned::ALL.into_iter().filter_map(|table| Some((table, of(table)?))).collect();
        partitions.sort_unstable_by_key(|(table, _)| table.name());
        partitions
    }
}

async fn delete(work: &mut dyn Work, statements: [Statement; 4]) -> Result<(), HistoryError> {
    for statement in statements {
        work.run(statement).await?;
    }
    Ok(())
}

fn count(rows: &[Row]) -> Result<u64, HistoryError> {
    rows.first().map_or(Ok(0), |row| row.reader().count())
}
