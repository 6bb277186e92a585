use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::engine::Engine;
use crate::sql::Statement;
use crate::{CountOfInstances, Dimension, HistoryError};

/// When each place was first synced; of the moments before, nothing is known there.
const KNOWN_SINCE: &str = "SELECT min(first_as_of) FROM sync_state WHERE what = 'instance' AND {accounts}";
const KEPT_SINCE: &str = "SELECT kept_since FROM retention WHERE table_name = 'resource_versions'";
const VERSIONS: &str = "SELECT {dimension}, valid_from, valid_to, count(*) FROM resource_versions
    WHERE kind = 'instance' AND valid_to > $1 AND valid_from <= $2 AND {accounts}
    GROUP BY {dimension}, valid_from, valid_to";

pub(crate) async fn instances_over_time(
    engine: &impl Engine,
    accounts: &[String],
    by: Dimension,
    moments: &[Timestamp],
) -> Result<Vec<CountOfInstances>, HistoryError> {
    let known_since = known_since(engine, accounts).await?;
    let mut moments: Vec<_> =
        moments.iter().copied().filter(|moment| known_since.is_some_and(|since| *moment >= since)).collect();
    moments.sort_unstable();
    moments.dedup();
    let (Some(first), Some(last)) = (moments.first(), moments.last()) else { return Ok(Vec::new()) };
    let text = VERSIONS.replace("{dimension}", by.column());
    let versions = Statement::new(engine.dialect(), &text).bind(*first).bind(*last).among(accounts);
    let mut counts: BTreeMap<(Timestamp, Option<String>), u64> = BTreeMap::new();
    for row in engine.ask(versions).await? {
        let mut row = row.reader();
        let value: Option<String> = row.take()?;
        let (from, to): (Timestamp, Timestamp) = (row.take()?, row.take()?);
        let count = row.count()?;
        let within = moments.partition_point(|moment| *moment < from)..moments.partition_point(|moment| *moment < to);
        for moment in &moments[within] {
            *counts.entry((*moment, value.clone())).or_default() += count;
        }
    }
    // Where it is known that there were none, that is told.
    for moment in moments {
        if counts.range((moment, None)..).next().is_none_or(|((at, _), _)| *at != moment) {
            counts.insert((moment, None), 0);
        }
    }
    Ok(counts.into_iter().map(|((at, value), count)| CountOfInstances { at, value, count }).collect())
}

/// Since when anything is known of the accounts' instances.
async fn known_since(engine: &impl Engine, accounts: &[String]) -> Result<Option<Timestamp>, HistoryError> {
    let first = engine.ask(Statement::new(engine.dialect(), KNOWN_SINCE).among(accounts)).await?;
    let first: Option<Timestamp> = first.first().map_or(Ok(None), |row| row.reader().take())?;
    let kept = engine.ask(Statement::new(engine.dialect(), KEPT_SINCE)).await?;
    let kept: Option<Timestamp> = kept.first().map(|row| row.reader().take()).transpose()?;
    Ok(first.map(|first| kept.map_or(first, |kept| kept.max(first))))
}

impl Dimension {
    const fn column(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::InstanceType => "instance_type",
            Self::Region => "region",
        }
    }
}
