use std::convert::Infallible;
use std::time::Duration;

use futures::future::{join3, pending};
use jiff::Timestamp;
use larder_history::{Retention, SyncRecords, Which};

use super::SyncRequest;
use super::pace::{Done, Pace, is_paid};
use crate::configuration::{Configuration, SyncConfiguration};
use crate::problem::{Code, Problem};
use crate::{App, Principal};

/// What a sync by the schedule is recorded as.
const BY: &str = "schedule";
/// How long it may take.
const WITHIN: Duration = Duration::from_secs(15 * 60);
/// After how long upkeep is tried again where it failed.
const SOON: Duration = Duration::from_secs(30);
/// Deleting years at once takes its time.
const LONGEST_UPKEEP: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Syncs beside the answers, as often as the settings say, and sees to the database by the day.
pub struct Schedule {
    app: App,
    sync: SyncConfiguration,
    retention: Retention,
    start: ScheduleStart,
}

/// When the first sync is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleStart {
    /// At once, costs too.
    AtOnce,
    /// When it is due by the last one that is recorded; where none is, after a whole period.
    WhenDue,
}

impl Schedule {
    /// The schedule of the settings. Nothing is done yet.
    #[must_use]
    pub fn new(app: App, configuration: &Configuration, start: ScheduleStart) -> Self {
        Self { app, sync: configuration.sync, retention: configuration.history.retention, start }
    }

    /// Keeps to it for as long as this is awaited. Without a history there is nothing to do.
    pub async fn keep_up(&self) -> Infallible {
        if !self.app.history().is_configured() {
            return pending().await;
        }
        let resources = self.sync_every(self.sync.every, SyncRequest::of_resources());
        let costs = self.sync_every(self.sync.costs_every, SyncRequest::of_costs());
        join3(resources, costs, self.maintain_by_day()).await.0
    }

    async fn sync_every(&self, every: Duration, request: SyncRequest) -> Infallible {
        let mut wait = match self.start {
            ScheduleStart::AtOnce => Duration::ZERO,
            ScheduleStart::WhenDue if every.is_zero() => return pending().await,
            ScheduleStart::WhenDue => self.until_due(every, &request).await,
        };
        let mut pace = Pace::of(every, &request);
        loop {
            self.app.environment().sleep(wait).await;
            wait = match pace.after(self.sync(&request).await) {
                Some(wait) => wait,
                None => return pending().await,
            };
        }
    }

    /// Begins nothing that the history could not keep.
    async fn sync(&self, request: &SyncRequest) -> Done {
        if let Err(problem) = self.app.check_history_writable().await {
            tracing::warn!(%problem, "the schedule's sync waits for the history");
            return Done::NotBegun;
        }
        let done = self.app.sync().run(&Principal::named(BY), request, WITHIN, &|_| {}).await;
        match done {
            Ok(report) => {
                for failed in &report.failed_regions {
                    let (account, region, kind) = (&failed.account_id, &failed.region, failed.kind);
                    tracing::warn!(account, region, kind, code = failed.code, reason = failed.detail, "not synced");
                }
                let unavailable = Code::HistoryUnavailable.name();
                let is_unkept = report.failed_regions.iter().any(|failed| failed.code == unavailable);
                if is_unkept { Done::NotKept } else { Done::Whole }
            }
            Err(problem) => {
                tracing::warn!(%problem, "the schedule's sync could not be begun");
                Done::Whole
            }
        }
    }

    /// How long until a sync is due.
    async fn until_due(&self, every: Duration, request: &SyncRequest) -> Duration {
        let Ok(Some(last)) = self.last(every, request).await else { return every };
        let since = Duration::try_from(self.app.now().duration_since(last)).unwrap_or_default();
        every.saturating_sub(since)
    }

    /// When the last sync was. That is when the account, region and kind was synced that was not for longest, so that one
    /// that was cut short is made up for; what did not succeed for two periods before the newest success is gone, or always
    /// fails, and is not waited for. Of what is paid for, the newest record counts, whatever came of it: who is started
    /// again and again must not pay each time.
    async fn last(&self, every: Duration, request: &SyncRequest) -> Result<Option<Timestamp>, Problem> {
        let history = self.app.history();
        let opened = history.opened().await?;
        let which = if is_paid(request) { Which::All } else { Which::Succeeded };
        let (whats, by) = (request.whats.clone(), Some(BY.to_owned()));
        let records = SyncRecords { whats, by, which, limit: 1, ..SyncRecords::default() };
        let newest = history.told(opened.syncs(&records)).await?.first().map(|record| record.as_of);
        let Some(newest) = newest.filter(|_| !is_paid(request)) else { return Ok(newest) };
        let since = newest.checked_sub(2 * every).unwrap_or(Timestamp::UNIX_EPOCH);
        history.told(opened.longest_unsynced(&records, since)).await
    }

    /// Makes the partitions that are needed soon, and deletes what is past its retention.
    async fn maintain_by_day(&self) -> Infallible {
        loop {
            let wait = match self.app.see_to_history(self.retention, LONGEST_UPKEEP).await {
                Ok(_) => DAY,
                // What failed is in the log already.
                Err(_) => SOON,
            };
            self.app.environment().sleep(wait).await;
        }
    }
}

#[cfg(test)]
mod tests;
