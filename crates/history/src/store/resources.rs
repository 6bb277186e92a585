use std::collections::HashMap;

use super::record::Asked;
use super::told::{Told, told};
use super::{STILL, kept_moment, month_of};
use crate::engine::{Engine, Partitioned, Work};
use crate::sql::{Dialect, Row, Statement, Value};
use crate::{HistoryError, ResourceSync, SyncOutcome, What};

const KEPT: &str = "SELECT resource_id, digest, gone_at IS NOT NULL FROM resources
    WHERE account_id = $1 AND kind = $2 AND region = $3";
/// Nothing lasts longer than what is current; told so with `=` or `>=`, SQLite would look through all that is.
const CLOSE: &str = "UPDATE resource_versions SET valid_to = $4
    WHERE account_id = $1 AND kind = $2 AND region = $3 AND resource_id {any 6} AND NOT valid_to < $5";
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
    added: Vec<&'a Told<'a>>,
    changed: Vec<&'a Told<'a>>,
    gone: Vec<String>,
}

pub(crate) async fn store_resources(
    engine: &impl Engine,
    sync: &ResourceSync<'_>,
) -> Result<SyncOutcome, HistoryError> {
    let as_of = kept_moment(sync.as_of)?;
    let told = told(sync.resources)?;
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
        difference.keep(work.as_mut(), dialect, asked).await?;
    }
    asked.succeeded(work.as_mut(), dialect, outcome).await?;
    work.commit().await?;
    Ok(outcome)
}

impl<'a> Difference<'a> {
    fn between(told: &'a [Told<'a>], kept: &[Row]) -> Result<Self, HistoryError> {
        let mut unseen = HashMap::with_capacity(kept.len());
        for row in kept {
            let mut row = row.reader();
            let (id, digest, gone): (String, String, bool) = (row.take()?, row.take()?, row.take()?);
            unseen.insert(id, (digest, gone));
        }
        let mut difference = Self::default();
        for now in told {
            match unseen.remove(now.id) {
                None | Some((_, true)) => difference.added.push(now),
                Some((before, false)) if before != now.digest => difference.changed.push(now),
                Some(_) => {}
            }
        }
        difference.gone.extend(unseen.into_iter().filter(|(_, (_, gone))| !gone).map(|(id, _)| id));
        Ok(difference)
    }

    fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.gone.is_empty()
    }

    /// Writes it, and nothing else.
    async fn keep(&self, work: &mut dyn Work, dialect: Dialect, asked: Asked<'_>) -> Result<(), HistoryError> {
        let closed = self.changed.iter().map(|changed| changed.id.to_owned()).chain(self.gone.iter().cloned());
        let closed: Vec<String> = closed.collect();
        if !closed.is_empty() {
            let close = place(Statement::new(dialect, CLOSE), asked).bind(asked.as_of).bind(STILL).bind(closed);
            work.run(close).await?;
        }
        if !self.gone.is_empty() {
            let gone = place(Statement::new(dialect, MARK_GONE), asked).bind(asked.as_of).bind(self.gone.clone());
            work.run(gone).await?;
        }
        let (mut rows, mut versions) = (Vec::new(), Vec::new());
        for now in self.added.iter().chain(&self.changed) {
            let attributes: Value = now.kept()?.into();
            rows.push(now.row(asked, attributes.clone()));
            versions.push(now.version(asked, attributes));
        }
        let puts = Statement::insert(dialect, PUT, rows, INSTEAD);
        for statement in puts.into_iter().chain(Statement::insert(dialect, ADD_VERSION, versions, "")) {
            work.run(statement).await?;
        }
        Ok(())
    }
}

impl Told<'_> {
    fn row(&self, asked: Asked<'_>, attributes: Value) -> Vec<Value> {
        let mut row = key(asked, self.id);
        row.extend([self.digest.clone().into(), attributes, self.text("state").into()]);
        row.extend([self.text("instanceType").into(), self.flag("volumeExists").into()]);
        row.extend([asked.as_of.into(), asked.as_of.into(), Value::Moment(None)]);
        row
    }

    fn version(&self, asked: Asked<'_>, attributes: Value) -> Vec<Value> {
        let mut row = key(asked, self.id);
        row.extend([asked.as_of.into(), STILL.into(), self.digest.clone().into(), attributes]);
        row.extend([self.text("state").into(), self.text("instanceType").into()]);
        row
    }
}

fn key(asked: Asked<'_>, id: &str) -> Vec<Value> {
    [asked.account, asked.what.name(), asked.region.unwrap_or_default(), id].map(Value::from).into()
}

/// The first three values: the place.
fn place(statement: Statement, asked: Asked<'_>) -> Statement {
    statement.bind(asked.account).bind(asked.what.name()).bind(asked.region.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SqliteHistory;

    /// How SQLite finds the rows of a statement that begins with a place, in its own words.
    async fn plan(text: &str, bind: impl FnOnce(Statement) -> Statement) -> Vec<String> {
        let history = SqliteHistory::in_memory().await.expect("a history");
        let explained = Statement::new(Dialect::Sqlite, &format!("EXPLAIN QUERY PLAN {text}"));
        let explained = explained.bind("111122223333").bind("instance").bind("us-east-1");
        let steps = history.ask(bind(explained)).await.expect("a plan");
        let detail = |row: &Row| {
            let mut row = row.reader();
            let _: [i64; 3] = [(); 3].map(|()| row.take().expect("a number"));
            row.take().expect("a text")
        };
        steps.iter().map(detail).collect()
    }

    #[tokio::test]
    async fn on_sqlite_a_comparison_reads_no_attributes() {
        let steps = plan(KEPT, |statement| statement).await;
        assert!(steps[0].contains("USING COVERING INDEX resources_by_digest"), "{steps:?}");
    }

    #[tokio::test]
    async fn on_sqlite_versions_are_closed_by_their_key() {
        let now = kept_moment(jiff::Timestamp::UNIX_EPOCH).expect("a moment");
        let ids = vec!["i-1".to_owned()];
        let steps = plan(CLOSE, |statement| statement.bind(now).bind(STILL).bind(ids)).await;
        assert!(steps[0].contains("kind=? AND region=? AND resource_id=?"), "{steps:?}");
    }
}
