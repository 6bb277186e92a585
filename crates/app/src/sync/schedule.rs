use std::convert::Infallible;
use std::time::Duration;

use futures::future::{join3, pending};
use larder_history::{Retention, SyncRecord, SyncRecords, What, Which};

use super::SyncRequest;
use crate::configuration::{Configuration, SyncConfiguration};
use crate::problem::{Code, Problem};
use crate::{App, Principal};

/// What a sync by the schedule is recorded as.
const BY: &str = "schedule";
/// How long it may take.
const WITHIN: Duration = Duration::from_secs(15 * 60);
/// After how long it is tried again where the history was out of reach.
const SOON: Duration = Duration::from_secs(30);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How many records are looked through for the last sync by the schedule.
const MOST_RECORDS: u32 = 500;

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
        loop {
            self.app.environment().sleep(wait).await;
            wait = match self.sync(&request).await {
                Kept::Whole if every.is_zero() => return pending().await,
                Kept::Whole => every,
                Kept::NotByTheHistory => SOON,
            };
        }
    }

    async fn sync(&self, request: &SyncRequest) -> Kept {
        let done = self.app.sync().run(&Principal::named(BY), request, WITHIN, &|_| {}).await;
        match done {
            Ok(report) => {
                for failed in &report.failed_regions {
                    let (account, region, kind) = (&failed.account_id, &failed.region, failed.kind);
                    tracing::warn!(account, region, kind, code = failed.code, reason = failed.detail, "not synced");
                }
                let unavailable = Code::HistoryUnavailable.name();
                let is_unkept = report.failed_regions.iter().any(|failed| failed.code == unavailable);
                if is_unkept { Kept::NotByTheHistory } else { Kept::Whole }
            }
            Err(problem) => {
                tracing::warn!(%problem, "the schedule's sync could not be begun");
                Kept::Whole
            }
        }
    }

    /// How long until a sync is due.
    async fn until_due(&self, every: Duration, request: &SyncRequest) -> Duration {
        let last = match self.last(request).await {
            Ok(Some(last)) => last,
            Ok(None) | Err(_) => return every,
        };
        let since = Duration::try_from(self.app.now().duration_since(last.as_of)).unwrap_or_default();
        every.saturating_sub(since)
    }

    async fn last(&self, request: &SyncRequest) -> Result<Option<SyncRecord>, Problem> {
        let history = self.app.history();
        let opened = history.opened().await?;
        let records = SyncRecords { accounts: Vec::new(), which: Which::All, limit: MOST_RECORDS };
        let records = history.told(opened.syncs(&records)).await?;
        let is_such = |what: What| request.whats.contains(&what);
        Ok(records.into_iter().find(|record| record.by == BY && is_such(record.what)))
    }

    /// Makes the partitions that are needed soon, and deletes what is past its retention.
    async fn maintain_by_day(&self) -> Infallible {
        loop {
            let wait = match self.app.see_to_history(self.retention).await {
                Ok(_) => DAY,
                // What failed is in the log already.
                Err(_) => SOON,
            };
            self.app.environment().sleep(wait).await;
        }
    }
}

/// Whether the history had what AWS told.
enum Kept {
    Whole,
    NotByTheHistory,
}
