use std::cmp::Reverse;

use super::{attributes, moment, text};
use crate::engine::Engine;
use crate::sql::{Row, Statement};
use crate::{HistoryError, SnapshotWithoutVolume};

const WITHOUT_VOLUME: &str = "SELECT account_id, region, resource_id, attributes FROM resources
    WHERE kind = 'snapshot' AND gone_at IS NULL AND volume_exists = FALSE AND {accounts}
    ORDER BY account_id, region, resource_id";

pub(crate) async fn snapshots_without_volume(
    engine: &impl Engine,
    accounts: &[String],
) -> Result<Vec<SnapshotWithoutVolume>, HistoryError> {
    let rows = engine.ask(Statement::new(engine.dialect(), WITHOUT_VOLUME).among(accounts)).await?;
    let mut snapshots = rows.iter().map(snapshot).collect::<Result<Vec<_>, _>>()?;
    // Those of unknown age come last.
    snapshots.sort_by_key(|snapshot| Reverse(snapshot.start_time.map(Reverse)));
    Ok(snapshots)
}

fn snapshot(row: &Row) -> Result<SnapshotWithoutVolume, HistoryError> {
    let mut row = row.reader();
    let (account, region, snapshot_id) = (row.take()?, row.take()?, row.take()?);
    let told = attributes(row.take()?)?;
    Ok(SnapshotWithoutVolume {
        account,
        region,
        snapshot_id,
        volume_id: text(&told, "volumeId"),
        volume_size: told.get("volumeSize").and_then(serde_json::Value::as_i64),
        start_time: moment(&told, "startTime"),
    })
}
