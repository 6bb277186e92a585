use std::collections::BTreeSet;

use futures::{StreamExt, stream};
use larder_runtime::{Month, Second};
use larder_sources::{KEPT_FOR, OVERLAP};

use super::deadline::Deadline;
use super::of_server::{OfServer, WorkedOut};
use super::report::PlaceReport;
use super::{CalculationRequest, Failure, Place, Progress, RuntimeParts, TableError};

mod events;
mod sample;

use events::EventsRead;
pub(super) use events::{Unreadable, told_by};
use sample::Sample;
pub(super) use sample::{described, seen};

/// How long after its end a month is final, in seconds: 24 hours.
const FINAL_AFTER: i64 = 24 * 60 * 60;
/// Servers that are worked out side by side.
const SIDE_BY_SIDE: usize = 16;

/// The calculation of an account and region.
pub(super) struct OfPlace<'a> {
    pub(super) parts: &'a RuntimeParts,
    pub(super) place: &'a Place,
    pub(super) request: &'a CalculationRequest,
    pub(super) deadline: Deadline,
}

impl OfPlace<'_> {
    pub(super) async fn run(&self) -> PlaceReport {
        let mut report = PlaceReport::default();
        if let Err(error) = self.calculate(&mut report).await {
            report.fail(self.place, &error, Vec::new());
        }
        report
    }

    /// Evidence first, then how far it reaches, then what it comes to: whatever comes later can be made of what came
    /// before.
    async fn calculate(&self, report: &mut PlaceReport) -> Result<(), TableError> {
        let ledger = &self.parts.ledger;
        let mut progress = ledger.progress(self.place).await?;
        let months = self.months(&progress);
        // The month before is told by what is read after that.
        let Some(from) = months.last().map(|month| month.span().from) else { return Ok(()) };
        if progress.is_new() {
            ledger.add_servers(self.place, []).await?;
            // It takes a while now, and whoever asks meanwhile is told which servers there are.
            self.sample().await?;
        }
        let read = self.read_events(&mut progress, from, report).await?;
        report.has_events_left = read == EventsRead::InPart;
        let sample = self.sample().await?;
        report.servers = sample.servers.clone();
        if let Some(failure) = &sample.failure {
            report.fail(self.place, failure.clone(), Vec::new());
        }
        if let EventsRead::Failed(error) = &read {
            self.make_stale(&sample.servers, error.into(), report).await;
        } else {
            let is_complete = read == EventsRead::ToTheEnd && sample.failure.is_none();
            let is_final = |month: Month| is_complete && sample.as_of >= month.span().to.plus(FINAL_AFTER);
            let next_server = self.each_server(&sample, &progress, &months, &is_final, report).await;
            if self.request == &CalculationRequest::default() {
                if next_server.is_none() && report.failed.is_empty() {
                    progress.final_month =
                        months.into_iter().filter(|month| is_final(*month)).max().or(progress.final_month);
                }
                progress.next_server = next_server;
            }
        }
        progress.failure = report.failed.first().map(|failed| failed.reason.clone());
        if progress != ledger.progress(self.place).await? {
            ledger.keep_progress(self.place, &progress).await?;
        }
        Ok(())
    }

    /// Nobody can be asked about the place: what is kept of its servers counts on as earlier answers.
    pub(super) async fn give_up(&self, failure: Failure) -> PlaceReport {
        let mut report = PlaceReport::default();
        match self.parts.ledger.servers(self.place).await {
            Ok(mut servers) => {
                servers.retain(|id| self.request.wants_server(id));
                self.make_stale(&servers, failure, &mut report).await;
                report.servers = servers;
            }
            Err(error) => report.fail(self.place, &error, Vec::new()),
        }
        report
    }

    /// Those that are to be worked out, the earliest first.
    fn months(&self, progress: &Progress) -> Vec<Month> {
        let current = Month::of(self.parts.now());
        if let Some(month) = self.request.month {
            return vec![month];
        }
        let oldest = Month::of(self.parts.now().plus(-KEPT_FOR));
        let first = progress.final_month.map_or(current.before(), Month::after).clamp(oldest, current);
        std::iter::successors(Some(first), |month| Some(month.after())).take_while(|month| *month <= current).collect()
    }

    async fn make_stale(&self, servers: &BTreeSet<String>, failure: Failure, report: &mut PlaceReport) {
        let now = self.parts.now();
        let all: Vec<_> = servers.iter().map(|id| self.make_stale_one(id, now)).collect();
        stream::iter(all).buffer_unordered(SIDE_BY_SIDE).collect::<()>().await;
        report.fail(self.place, failure, servers.iter().cloned().collect());
    }

    /// The server that is the next run's first, if the deadline did not let all be worked out.
    async fn each_server(
        &self,
        sample: &Sample,
        progress: &Progress,
        months: &[Month],
        is_final: &(dyn Fn(Month) -> bool + Send + Sync),
        report: &mut PlaceReport,
    ) -> Option<String> {
        let first = progress.next_server.clone().unwrap_or_default();
        let (earlier, later): (Vec<_>, Vec<_>) = sample.servers.iter().partition(|id| **id < first);
        let ids: Vec<_> = later.into_iter().chain(earlier).collect();
        for (done, ids_at_once) in ids.chunks(SIDE_BY_SIDE).enumerate() {
            if self.deadline.is_over() {
                let done = done * SIDE_BY_SIDE;
                report.remaining = ids.len() - done;
                return ids.get(done).map(|id| (*id).clone());
            }
            let works: Vec<_> =
                ids_at_once.iter().map(|id| self.of_server(id, sample, progress, months, is_final)).collect();
            let mut kept = stream::iter(works).buffered(SIDE_BY_SIDE);
            let mut next = ids_at_once.iter();
            while let (Some(result), Some(id)) = (kept.next().await, next.next()) {
                match result {
                    Ok(()) => report.processed += 1,
                    Err(error) => {
                        self.make_stale_one(id, sample.as_of).await;
                        report.fail(self.place, &error, vec![(*id).clone()]);
                    }
                }
            }
        }
        None
    }

    /// The checkpoint comes last: without it, the same is worked out of more evidence.
    async fn of_server(
        &self,
        id: &str,
        sample: &Sample,
        progress: &Progress,
        months: &[Month],
        is_final: &(dyn Fn(Month) -> bool + Send + Sync),
    ) -> Result<(), TableError> {
        let (ledger, as_of) = (&self.parts.ledger, sample.as_of);
        let of_server = OfServer { parts: self.parts, place: self.place, id, as_of };
        let WorkedOut { history, from, may_have_run, kept: _ } = loop {
            let before = of_server.before(months).await?;
            if let Some(worked_out) = of_server.keep(&before, progress, is_final).await? {
                break worked_out;
            }
        };
        // Every month before is final then.
        let is_over = self.request.month.is_none() && months == [Month::of(as_of)];
        if sample.gone.contains(id) && !may_have_run && is_over {
            return ledger.remove_server(self.place, id).await;
        }
        // Until where the next run reads once more, and not further: what it finds there is after it.
        let Some(watermark) = progress.watermark() else { return Ok(()) };
        match history.next_checkpoint(&progress.covered(), from, watermark.plus(-OVERLAP)) {
            Some(checkpoint) => ledger.keep_checkpoint(id, &history, from, checkpoint).await,
            None => Ok(()),
        }
    }

    async fn make_stale_one(&self, id: &str, now: Second) {
        let month = Month::of(now);
        if self.request.month.is_some_and(|wanted| wanted != month) {
            return;
        }
        if let Err(error) = self.make_answer_stale(id, month, now).await {
            tracing::warn!(instance = id, %error, "an answer that is not up to date does not say so");
        }
    }

    async fn make_answer_stale(&self, id: &str, month: Month, now: Second) -> Result<(), TableError> {
        self.parts.servers.make_stale(&self.place.server(id), month, now).await?;
        self.parts.ledger.make_stale(self.place, id, month, now).await
    }
}
