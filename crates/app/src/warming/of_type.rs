use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::{Either, select};
use futures::stream::FuturesUnordered;
use larder_cache::{Environment, Key, Renewed};

use super::budget::Budget;
use super::due::Due;
use super::listed::Seen;
use super::period::Period;
use super::report::{NotRenewed, TypeReport};
use super::turns::Turns;
use crate::App;
use crate::problem::{Code, Problem, of_store_error};

/// How many entries are listed at once.
const PAGE: usize = 1_000;
/// No fetch begins when less is left of the run.
const ONE_FETCH: Duration = Duration::from_secs(2);

/// A run, as far as it is about one data type.
pub(super) struct OfType<'a> {
    pub(super) app: &'a App,
    pub(super) environment: &'a Arc<dyn Environment>,
    pub(super) data_type: &'static str,
    /// The keys that are kept warm whether or not they are used.
    pub(super) keys: Vec<&'a Key>,
    pub(super) period: Period,
    pub(super) fetches_per_minute: usize,
    pub(super) side_by_side: usize,
    /// When the run ends, by the monotonic clock.
    pub(super) until: Duration,
}

impl OfType<'_> {
    /// What became of it, and what failed.
    pub(super) async fn run(&self) -> (TypeReport, Vec<NotRenewed>) {
        let (mut report, mut failed) = (TypeReport::default(), Vec::new());
        match self.due(&mut report).await {
            Ok(due) => self.renew_each(due, &mut report, &mut failed).await,
            Err(problem) => {
                report.failed += 1;
                failed.push(NotRenewed::listing(self.data_type, &problem));
            }
        }
        (report, failed)
    }

    async fn due(&self, report: &mut TypeReport) -> Result<Vec<Due>, Problem> {
        let mut seen = Seen::of(self.keys.iter().copied(), self.period);
        let mut after = None;
        loop {
            let page = self.app.cache().entries(self.data_type, after.as_ref(), PAGE).await;
            let page = page.map_err(|error| {
                tracing::warn!(data_type = self.data_type, %error, "what is stored could not be listed");
                of_store_error(&error)
            })?;
            page.entries.iter().for_each(|entry| seen.take(entry, report));
            after = page.next;
            if after.is_none() {
                return Ok(seen.due());
            }
            if self.left() < ONE_FETCH {
                report.out_of_time += 1;
                return Ok(seen.due());
            }
        }
    }

    async fn renew_each(&self, mut waiting: Vec<Due>, report: &mut TypeReport, failed: &mut Vec<NotRenewed>) {
        let (mut budget, mut turns) = (Budget::a_minute(self.fetches_per_minute), Turns::default());
        let mut running = FuturesUnordered::new();
        while !waiting.is_empty() || !running.is_empty() {
            let (now, left) = (self.now(), self.left());
            let wait = budget.wait(now);
            if !waiting.is_empty() && left < ONE_FETCH {
                report.out_of_time += std::mem::take(&mut waiting).len();
                continue;
            }
            if wait.is_zero()
                && running.len() < self.side_by_side
                && let Some(due) = turns.take_first(&mut waiting)
            {
                budget.take(now);
                running.push(self.renew(due, left));
                continue;
            }
            if running.is_empty() && wait >= left {
                report.over_budget += std::mem::take(&mut waiting).len();
                continue;
            }
            match self.next_within(&mut running, wait).await {
                Some((due, Ok(renewed))) => {
                    if renewed != Renewed::Fetched {
                        budget.give_back();
                    }
                    turns.answered(&due.key);
                    count(renewed, &due, report);
                }
                // It was given what was left of the run.
                Some((_, Err(problem))) if problem.code() == Code::Deadline && self.left() < ONE_FETCH => {
                    report.out_of_time += 1;
                }
                Some((due, Err(problem))) => {
                    report.failed += 1;
                    report.after_failure += turns.failed(&due.key, &problem, &mut waiting);
                    failed.push(NotRenewed::key(self.data_type, &due.key, &problem));
                }
                None => {}
            }
        }
    }

    async fn renew(&self, due: Due, within: Duration) -> (Due, Result<Renewed, Problem>) {
        let renewed = self.app.queries().renew(&due.key, due.renewal, within).await;
        (due, renewed)
    }

    /// What ends next. Where only the budget keeps another from beginning, nothing is waited for longer than `wait`.
    async fn next_within<F: Future>(&self, running: &mut FuturesUnordered<F>, wait: Duration) -> Option<F::Output> {
        match (running.is_empty(), wait.is_zero()) {
            (false, true) => running.next().await,
            (true, _) => {
                self.environment.sleep(wait.min(self.left())).await;
                None
            }
            (false, false) => match select(pin!(running.next()), self.environment.sleep(wait)).await {
                Either::Left((ended, _)) => ended,
                Either::Right(_) => None,
            },
        }
    }

    fn now(&self) -> Duration {
        self.environment.now().monotonic
    }

    fn left(&self) -> Duration {
        self.until.saturating_sub(self.now())
    }
}

fn count(renewed: Renewed, due: &Due, report: &mut TypeReport) {
    match renewed {
        Renewed::Fetched => {
            report.refreshed += 1;
            report.count(due.replaces);
        }
        Renewed::Fresh => report.already_fresh += 1,
        Renewed::NotWanted => report.dead += 1,
    }
}
