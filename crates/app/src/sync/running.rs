use std::time::Duration;

use futures::stream::{self, StreamExt};
use larder_cache::Directives;
use larder_history::{FailedSync, What};
use larder_sources::AccountId;

use super::deadline::Deadline;
use super::marks::mark;
use super::one::{self, Marked, directives, record_failure};
use super::refused::{Allowed, allowed};
use super::report::{FailedTarget, Outcome};
use super::targets::{Target, Untried, targets};
use super::{SyncReport, SyncRequest, name_of};
use crate::changes;
use crate::problem::{Code, Problem};
use crate::{App, Principal};

const WITHOUT_HISTORY: &str = "There is no history, so nothing was kept but by the cache.";
const UNMARKED: &str = "What was cached before was not all invalidated, and may be answered until its TTL ends.";

/// Syncs.
pub struct Sync<'a>(&'a App);

impl App {
    /// Fetching past the cache, and keeping what changed.
    #[must_use]
    pub fn sync(&self) -> Sync<'_> {
        Sync(self)
    }
}

/// How far a sync is.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// So many targets there are.
    Expected(usize),
    /// One more was had.
    Done(&'a Outcome),
    /// One more failed.
    Failed(&'a FailedTarget),
}

/// Who is told how far a sync is.
type Told<'a> = &'a (dyn Fn(Progress<'_>) + Send + std::marker::Sync);

impl Sync<'_> {
    /// Invalidates what is asked for, fetches it under the new fence, which refills the cache, and keeps in the history
    /// what changed, some targets side by side. What fails is recorded there, and stops nothing else; what is not reached
    /// within that time has failed too. What can come to nothing (an account that is named and that nobody knows, costs that
    /// the history could not keep) has failed before anything is invalidated, fetched or recorded for it.
    ///
    /// # Errors
    /// A [`Problem`] if the caller may not, or if nobody could tell which accounts there are.
    pub async fn run(
        &self,
        principal: &Principal,
        request: &SyncRequest,
        within: Duration,
        told: Told<'_>,
    ) -> Result<SyncReport, Problem> {
        let Self(app) = self;
        let deadline = Deadline::after(within, app.environment());
        let accounts = self.accounts(principal, request, &deadline).await?;
        let Allowed { accounts, whats, refused } = allowed(app, principal, request, accounts, &deadline).await?;
        let request = &SyncRequest { whats, ..request.clone() };
        let dead = mark(app, principal, request, &accounts).await?;
        let (mut wanted, untried) = targets(app, principal, request, &accounts, &deadline).await?;
        told(Progress::Expected(wanted.len() + untried.len() + refused.len()));
        refused.iter().for_each(|target| told(Progress::Failed(target)));
        // Who has too little time every time must not leave out the same ones every time.
        let first = usize::try_from(app.environment().random()).unwrap_or_default() % wanted.len().max(1);
        wanted.rotate_left(first);
        let mut failed = self.give_up(principal, untried, &deadline, told).await;
        failed.extend(refused);
        let (deadline, mut outcomes) = (&deadline, Vec::new());
        let done = wanted.into_iter().map(|target| {
            let marked = if dead.contains(&target.what) { Marked::Acknowledged } else { Marked::Unacknowledged };
            self.one(principal, target, marked, deadline)
        });
        let mut done = stream::iter(done).buffer_unordered(app.side_by_side());
        while let Some(done) = done.next().await {
            match done {
                Ok(outcome) => {
                    told(Progress::Done(&outcome));
                    outcomes.push(outcome);
                }
                Err(target) => {
                    told(Progress::Failed(&target));
                    failed.push(target);
                }
            }
        }
        self.tell(&accounts, &outcomes);
        let is_marked = request.whats.iter().all(|what| dead.contains(what));
        let remark = match self.0.history().is_configured() {
            false => Some(WITHOUT_HISTORY),
            true => (!is_marked).then_some(UNMARKED),
        };
        Ok(self.report(principal, outcomes, failed, remark))
    }

    /// Tells whoever listens of which accounts there is something new.
    fn tell(&self, accounts: &[AccountId], outcomes: &[Outcome]) {
        let is_of_costs = |outcome: &Outcome| outcome.kind == name_of(What::Costs);
        for account in accounts {
            let of_account = outcomes.iter().filter(|outcome| outcome.account_id == account.as_str());
            let (costs, resources): (Vec<_>, Vec<_>) = of_account.partition(|outcome| is_of_costs(outcome));
            for (what, had) in [(changes::What::Inventory, resources), (changes::What::Costs, costs)] {
                if !had.is_empty() {
                    self.0.changes().tell(what, Some(account.clone()));
                }
            }
        }
    }

    fn report(
        &self,
        principal: &Principal,
        mut outcomes: Vec<Outcome>,
        mut failed: Vec<FailedTarget>,
        remark: Option<&str>,
    ) -> SyncReport {
        outcomes.sort_by(|one, other| {
            (&one.account_id, one.kind, &one.region).cmp(&(&other.account_id, other.kind, &other.region))
        });
        failed.sort_by(|one, other| {
            (&one.account_id, one.kind, &one.region).cmp(&(&other.account_id, other.kind, &other.region))
        });
        let report = SyncReport::of(outcomes, failed, remark);
        let (done, failed) = (report.outcomes.len(), report.failed_regions.len());
        tracing::info!(by = principal.name(), targets = done, failed, seen = report.synced, "a sync is over");
        report
    }

    /// The accounts that are synced: those that are named, else all that the caller may see and change.
    async fn accounts(
        &self,
        principal: &Principal,
        request: &SyncRequest,
        deadline: &Deadline<'_>,
    ) -> Result<Vec<AccountId>, Problem> {
        principal.check_administer()?;
        for account in &request.accounts {
            principal.check_account(account)?;
            principal.check_invalidate(Some(account))?;
        }
        if !request.accounts.is_empty() {
            return Ok(request.accounts.clone());
        }
        let default = Directives::default();
        let left = deadline.left_for_a_target().unwrap_or_default().min(default.deadline);
        let seen = self.0.accounts_seen(principal, None, &Directives { deadline: left, ..default }).await?;
        let ids = seen.into_iter().map(|account| account.id);
        Ok(ids.filter(|account| principal.check_invalidate(Some(account)).is_ok()).collect())
    }

    async fn one(
        &self,
        principal: &Principal,
        target: Target,
        marked: Marked,
        deadline: &Deadline<'_>,
    ) -> Result<Outcome, FailedTarget> {
        let Self(app) = self;
        let Some(left) = deadline.left_for_a_target() else {
            let problem = Problem::new(Code::Deadline, "It was not reached in time; the next sync begins elsewhere.");
            if !deadline.is_over() {
                one::record(app, principal, &target, &problem, app.now(), deadline).await;
            }
            return Err(FailedTarget::of(&target, problem));
        };
        match one::sync(app, principal, &target, &directives(left, marked), deadline).await {
            Ok(synced) => Ok(Outcome::of(&target, &synced)),
            Err(problem) => Err(FailedTarget::of(&target, problem)),
        }
    }

    /// Records what can't even be tried.
    async fn give_up(
        &self,
        principal: &Principal,
        untried: Vec<Untried>,
        deadline: &Deadline<'_>,
        told: Told<'_>,
    ) -> Vec<FailedTarget> {
        let mut failed = Vec::new();
        for untried in untried {
            if !deadline.is_over() {
                let record = FailedSync {
                    account: untried.account.as_str(),
                    region: untried.region.as_deref(),
                    what: untried.what,
                    as_of: self.0.now(),
                    by: principal.name(),
                    code: untried.problem.code().name(),
                    error: untried.problem.detail(),
                };
                record_failure(self.0, &record, deadline).await;
            }
            let target = FailedTarget::from(untried);
            told(Progress::Failed(&target));
            failed.push(target);
        }
        failed
    }
}
