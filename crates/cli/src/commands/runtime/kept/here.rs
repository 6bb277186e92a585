use std::convert::Infallible;
use std::time::Duration;

use larder_app::problem::{Code, Problem};
use larder_app::runtime::{
    AskedServers, CalculationReport, CalculationRequest, KeptAnswer, MonthOfServers, RuntimeCalculator, RuntimeParts,
    RuntimeReader, TableError,
};
use larder_app::{KEPT_FOR, Month, Principal, Quality, Second};

use super::is_asked;
use super::told::{Told, failures, how_far};
use crate::progress::Progress;

/// How old an answer of the current month may be, in seconds: as the hourly function keeps it.
const GREATEST_AGE: i64 = 60 * 60;
/// How long a watch leaves AWS alone after a calculation: as the hourly function does.
const HOUR: Duration = Duration::from_secs(60 * 60);
/// The same after one that left something, or failed with it.
const SOON: Duration = Duration::from_secs(60);
/// How often a calculation is asked how far it is.
const LOOK: Duration = Duration::from_millis(500);

/// What is kept here, by whoever worked it out.
pub(super) struct Kept {
    reader: RuntimeReader,
    parts: RuntimeParts,
    deadline: Duration,
    asked: AskedServers,
    fresh: bool,
    last: Option<Calculated>,
}

/// A calculation that this process made.
struct Calculated {
    /// By the monotonic clock.
    ended: Duration,
    report: CalculationReport,
}

impl Kept {
    /// What is asked for in these parts, worked out within `deadline`; with `fresh`, also if it is not old. Nothing is
    /// asked yet.
    pub(super) fn new(parts: RuntimeParts, deadline: Duration, asked: AskedServers, fresh: bool) -> Self {
        Self { reader: RuntimeReader::new(parts.clone(), None), parts, deadline, asked, fresh, last: None }
    }

    /// What is kept, after a calculation where that is missing or old.
    pub(super) async fn told(&mut self, progress: &Progress) -> anyhow::Result<Told> {
        let mut told = self.reader.servers(&Principal::local(), &self.asked).await;
        if self.may_be_worked_out() && self.is_missing_or_old(&told).await? {
            let report = self.work_out(progress).await;
            self.last = Some(Calculated { ended: self.parts.environment.now().monotonic, report });
            told = self.reader.servers(&Principal::local(), &self.asked).await;
        }
        let report = self.last.as_ref().map(|last| last.report.clone()).unwrap_or_default();
        match told {
            Ok(month) => Ok(Told { month, report }),
            Err(problem) => Err(after_failures(problem, &report).into()),
        }
    }

    /// Not of a month that CloudTrail keeps nothing of any more, and not again and again while somebody watches.
    fn may_be_worked_out(&self) -> bool {
        let now = self.parts.environment.now().monotonic;
        let is_due = |last: &Calculated| now.saturating_sub(last.ended) >= pause_after(&last.report);
        let may_be_read = self.month().span().to > self.parts.now().plus(-KEPT_FOR);
        may_be_read && self.last.as_ref().is_none_or(is_due)
    }

    /// What can't be told for another reason than that nothing is there is not mended by a calculation.
    async fn is_missing_or_old(&self, told: &Result<MonthOfServers, Problem>) -> Result<bool, TableError> {
        match told {
            Err(problem) => Ok(problem.code() == Code::RuntimeNotReady),
            Ok(_) if self.fresh => Ok(true),
            Ok(told) if is_old(told, self.parts.now()) => Ok(!self.is_final(told).await?),
            Ok(_) => Ok(false),
        }
    }

    /// Whether no calculation changes anything of it any more.
    async fn is_final(&self, told: &MonthOfServers) -> Result<bool, TableError> {
        if told.month >= self.reader.current_month() {
            return Ok(false);
        }
        for kept in &told.servers {
            let month = self.parts.ledger.month(&kept.answer.server.instance_id, told.month).await?;
            if !month.is_some_and(|month| month.is_final) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn month(&self) -> Month {
        self.asked.month.unwrap_or_else(|| self.reader.current_month())
    }

    async fn work_out(&self, progress: &Progress) -> CalculationReport {
        let AskedServers { month, accounts, regions, .. } = &self.asked;
        let request = CalculationRequest {
            month: *month,
            accounts: accounts.iter().cloned().collect(),
            regions: regions.iter().copied().collect(),
            ..CalculationRequest::default()
        };
        let calculator = RuntimeCalculator::new(self.parts.clone());
        let working = calculator.run(&request, self.deadline);
        tokio::select! {
            report = working => report,
            never = self.say_how_far(progress) => match never {},
        }
    }

    async fn say_how_far(&self, progress: &Progress) -> Infallible {
        loop {
            tokio::time::sleep(LOOK).await;
            // What can't be read now is said by who needs it.
            let mut places = self.reader.progress(&Principal::local(), self.month()).await.unwrap_or_default();
            places.retain(|place| is_asked(&self.asked, Some(&place.account_id), Some(&place.region)));
            how_far(&places).into_iter().for_each(|words| progress.now(words));
        }
    }
}

/// Whether a calculation may tell more: of the current month, where something is over an hour old; of an earlier one, where
/// not all of it was told.
fn is_old(told: &MonthOfServers, now: Second) -> bool {
    let is_over = told.month < Month::of(now);
    let is_old = |kept: &KeptAnswer| match kept.timestamp {
        _ if is_over => kept.answer.window_to < told.month.span().to,
        Some(timestamp) => kept.answer.quality == Quality::Stale || now.since(timestamp) > GREATEST_AGE,
        None => true,
    };
    !told.progress.is_empty() || (told.servers.is_empty() && !is_over) || told.servers.iter().any(is_old)
}

fn pause_after(report: &CalculationReport) -> Duration {
    let is_left = report.remaining > 0 || !report.unfinished.is_empty() || !report.failed.is_empty();
    if is_left { SOON } else { HOUR }
}

/// Why nothing is there comes before that nothing is; the first failure says whose fault it is.
fn after_failures(problem: Problem, report: &CalculationReport) -> Problem {
    match report.failed.first() {
        Some(first) if problem.code() == Code::RuntimeNotReady => {
            Problem::new(first.code, format!("{} {}", failures(report).join(" "), problem.detail()))
        }
        Some(_) => problem.adding(&failures(report).join(" ")),
        None => problem,
    }
}

#[cfg(test)]
mod tests;
