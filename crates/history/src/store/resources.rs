use std::collections::BTreeMap;

use super::record::Asked;
use super::told::{Told, by_id};
use super::{STILL, kept_moment, month_of};
use crate::engine::{Engine, Partitioned, Work};
use crate::sql::{Dialect, Statement, Value};
use crate::{HistoryError, ResourceSync, SyncOutcome, What};

const KEPT: &str = "SELECT resource_id, digest, gone_at IS NOT NULL FROM resources
    WHERE account_id = $1 AND kind = $2 AND region = $3";
const CLOSE: &str = "UPDATE resource_versions SET valid_to = $4
    WHERE account_id = $1 AND kind = $2 AND region = $3 AND valid_to = $5 AND resource_id {any 6}";
const MARK_GONE: &str = "UPDATE resources SET gone_at = $4
    WHERE account_id = $1 AND kind = $2 AND region = $3 AND resource_id {any 5}";
const PUT: &str = "INSERT INTO resources (account_id, kind, region, resource_id, digest, attributes, state,
    instance_type, volume_exists, since, state_since, gone_at)";
/// Who is back, or in another state, is in it since now.
const INSTEAD: &str = " ON CONFLICT (account_id, kind, region, resource_id) DO UPDATE SET
    digest = excluded.digest, attributes = excluded.attributes, state = excluded.state,
    instance_type = excluded.instance_type, volume_exists = excluded.volume_exists, since = excluded.since,
    state_since = CASE WHEN resources.gone_at IS NULL AND resources.state IS NOT DISTINCT FROM excluded.state
        THEN resources.state_since ELSE excluded.state_since END,
    gone_at = NULL";
const ADD_VERSION: &str = "INSERT INTO resource_versions (account_id, kind, region, resource_id, valid_from, valid_to,
    digest, attributes, state, instance_type)";

/// By what the told differs from the kept.
#[derive(Debug, Default)]
struct Difference<'a> {
    added: Vec<&'a str>,
    changed: Vec<&'a str>,
    gone: Vec<String>,
}

pub(crate) async fn store_resources(
    engine: &impl Engine,
    sync: &ResourceSync<'_>,
) -> Result<SyncOutcome, HistoryError> {
    let as_of = kept_moment(sync.as_of)?;
    let told = by_id(sync.resources)?;
    let what = What::Resources(sync.kind);
    let asked = Asked { account: sync.account, region: Some(sync.region), what, as_of, by: sync.by };
    let months = [Partitioned::ResourceVersions, Partitioned::SyncHistory].map(|table| (table, month_of(as_of)));
    let mut work = engine.begin(&asked.place(), &months).await?;
    let dialect = engine.dialect();

    let kept = work.ask(place(Statement::new(dialect, KEPT), asked)).await?;
    let difference = Difference::between(&told, &kept)?;
    let mut outcome = SyncOutcome { seen: told.len() as u64, ..SyncOutcome::default() };
    // Of two answers to one moment, the first stands.
    let superseded = |last| as_of < last || (as_of == last && !difference.is_empty());
    if asked.last(work.as_mut(), dialect).await?.is_some_and(superseded) {
        outcome.superseded = true;
    } else {
        outcome.added = difference.added.len() as u64;
        outcome.changed = difference.changed.len() as u64;
        outcome.gone = difference.gone.len() as u64;
        difference.keep(work.as_mut(), dialect, asked, &told).await?;
    }
    asked.succeeded(work.as_mut(), dialect, outcome).await?;
    work.commit().await?;
    Ok(outcome)
}

impl<'a> Difference<'a> {
    fn between(told: &BTreeMap<&'a str, Told>, kept: &[crate::sql::Row]) -> Result<Self, HistoryError> {
        let mut difference = Self::default();
        let mut kept_ids = BTreeMap::new();
        for row in kept {
            let mut row = row.reader();
            let (id, digest, gone) = (row.take::<String>()?, row.take::<String>()?, row.take::<bool>()?);
            if !gone && !told.contains_key(id.as_str()) {
                difference.gone.push(id.clone());
            }
            kept_ids.insert(id, (digest, gone));
        }
        for (id, now) in told {
            match kept_ids.get(*id) {
                None | Some((_, true)) => difference.added.push(id),
                Some((before, false)) if *before != now.digest => difference.changed.push(id),
                Some(_) => {}
            }
        }
        Ok(difference)
    }

    fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.gone.is_empty()
    }

    /// Writes it, and nothing else.
    async fn keep(
        &self,
        work: &mut dyn Work,
        dialect: Dialect,
        asked: Asked<'_>,
        told: &BTreeMap<&str, Told>,
    ) -> Result<(), HistoryError> {
        let closed: Vec<String> = self.changed.iter().map(ToString::to_string).chain(self.gone.clone()).collect();
        if !closed.is_empty() {
            let close = place(Statement::new(dialect, CLOSE), asked).bind(asked.as_of).bind(STILL).bind(closed);
            work.run(close).await?;
        }
        if !self.gone.is_empty() {
            let gone = place(Statement::new(dialect, MARK_GONE), asked).bind(asked.as_of).bind(self.gone.clone());
            work.run(gone).await?;
        }
        let (mut rows, mut versions) = (Vec::new(), Vec::new());
        for id in self.added.iter().chain(&self.changed) {
            let Some(now) = told.get(id) else { continue };
            rows.push(now.row(asked, id)?);
            versions.push(now.version(asked, id)?);
        }
        let puts = Statement::insert(dialect, PUT, rows, INSTEAD);
        for statement in puts.into_iter().chain(Statement::insert(dialect, ADD_VERSION, versions, "")) {
            work.run(statement).await?;
        }
        Ok(())
    }
}

impl Told {
    fn row(&self, asked: Asked<'_>, id: &str) -> Result<Vec<Value>, HistoryError> {
        let mut row = key(asked, id);
        row.extend([self.digest.clone().into(), self.kept()?.into(), self.state.clone().into()]);
        row.extend([self.instance_type.clone().into(), self.volume_exists.into()]);
        row.extend([asked.as_of.into(), asked.as_of.into(), Value::Moment(None)]);
        Ok(row)
    }

    fn version(&self, asked: Asked<'_>, id: &str) -> Result<Vec<Value>, HistoryError> {
        let mut row = key(asked, id);
        row.extend([asked.as_of.into(), STILL.into(), self.digest.clone().into(), self.kept()?.into()]);
        row.extend([self.state.clone().into(), self.instance_type.clone().into()]);
        Ok(row)
    }
}

fn key(asked: Asked<'_>, id: &str) -> Vec<Value> {
    [asked.account, asked.what.name(), asked.region.unwrap_or_default(), id].map(Value::from).into()
}

/// The first three values: the place.
fn place(statement: Statement, asked: Asked<'_>) -> Statement {
    statement.bind(asked.account).bind(asked.what.name()).bind(asked.region.unwrap_or_default())
}
