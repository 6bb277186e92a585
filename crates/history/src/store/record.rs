use jiff::Timestamp;

use super::{kept_moment, month_of};
use crate::engine::{Engine, Partitioned, Work};
use crate::sql::{Dialect, Statement};
use crate::{FailedSync, HistoryError, SyncOutcome, What};

const LAST: &str = "SELECT as_of FROM sync_state WHERE account_id = $1 AND what = $2 AND region = $3";
const ADVANCE: &str = "INSERT INTO sync_state (account_id, what, region, first_as_of, as_of)
    VALUES ($1, $2, $3, $4, $4)
    ON CONFLICT (account_id, what, region) DO UPDATE SET as_of = excluded.as_of";
const RECORD: &str = "INSERT INTO sync_history
    (account_id, region, what, as_of, requested_by, seen, added, changed, gone, superseded, code, error)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

/// What a sync is of, and who wanted it when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) account: &'a str,
    /// Absent for costs.
    pub(super) region: Option<&'a str>,
    pub(super) what: What,
    pub(super) as_of: Timestamp,
    pub(super) by: &'a str,
}

impl Asked<'_> {
    /// Syncs of the same place wait for each other.
    pub(super) fn place(&self) -> String {
        format!("{}/{}/{}", self.account, self.what.name(), self.region.unwrap_or_default())
    }

    /// When the last sync of it that succeeded began to ask AWS.
    pub(super) async fn last(&self, work: &mut dyn Work, dialect: Dialect) -> Result<Option<Timestamp>, HistoryError> {
        let last = Statement::new(dialect, LAST).bind(self.account).bind(self.what.name());
        let rows = work.ask(last.bind(self.region.unwrap_or_default())).await?;
        rows.first().map(|row| row.reader().take()).transpose()
    }

    /// Tells that it succeeded, and what it did.
    pub(super) async fn succeeded(
        &self,
        work: &mut dyn Work,
        dialect: Dialect,
        outcome: SyncOutcome,
    ) -> Result<(), HistoryError> {
        if !outcome.superseded {
            let advance = Statement::new(dialect, ADVANCE).bind(self.account).bind(self.what.name());
            work.run(advance.bind(self.region.unwrap_or_default()).bind(self.as_of)).await?;
        }
        self.record(work, dialect, outcome, None).await
    }

    async fn record(
        &self,
        work: &mut dyn Work,
        dialect: Dialect,
        outcome: SyncOutcome,
        problem: Option<(&str, &str)>,
    ) -> Result<(), HistoryError> {
        let record = Statement::new(dialect, RECORD)
            .bind(self.account)
            .bind(self.region.map(str::to_owned))
            .bind(self.what.name())
            .bind(self.as_of)
            .bind(self.by);
        let counts = [outcome.seen, outcome.added, outcome.changed, outcome.gone];
        let record = counts.into_iter().fold(record, |record, count| record.bind(count.cast_signed()));
        let (code, error) = problem.unzip();
        let record = record.bind(outcome.superseded).bind(code.map(str::to_owned)).bind(error.map(str::to_owned));
        work.run(record).await?;
        Ok(())
    }
}

pub(crate) async fn record_failure(engine: &impl Engine, sync: &FailedSync<'_>) -> Result<(), HistoryError> {
    let as_of = kept_moment(sync.as_of)?;
    let asked = Asked { account: sync.account, region: sync.region, what: sync.what, as_of, by: sync.by };
    let mut work = engine.begin(&asked.place(), &[(Partitioned::SyncHistory, month_of(as_of))]).await?;
    asked.record(work.as_mut(), engine.dialect(), SyncOutcome::default(), Some((sync.code, sync.error))).await?;
    work.commit().await
}
