use futures::{StreamExt, stream};
use larder_runtime::{Month, Second};

use super::deadline::Deadline;
use super::report::PlaceReport;
use super::{CalculationRequest, Place, Progress, RuntimeParts, TableError};

mod events;
mod of_server;
mod sample;

use events::EventsRead;
pub(super) use events::evidence_of;
use of_server::OfServer;
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
            report.fail(self.place, error.to_string(), Vec::new());
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
        if progress.covered.is_empty() {
            // It takes a while now, and whoever asks meanwhile is told which servers there are.
            self.sample().await?;
        }
        let read = self.read_events(&mut progress, from).await?;
        report.has_events_left = read == EventsRead::InPart;
        let sample = self.sample().await?;
        report.servers = sample.servers.clone();
        if let Some(failure) = &sample.failure {
            report.fail(self.place, failure.clone(), Vec::new());
        }
        let begun_with = progress.clone();
        if let EventsRead::Failed(error) = &read {
            self.make_stale(&sample, &error.to_string(), report).await;
        } else {
            let is_complete = read == EventsRead::ToTheEnd && sample.failure.is_none();
            let is_final = |month: Month| is_complete && sample.as_of >= month.span().to.plus(FINAL_AFTER);
            progress.next_server = self.each_server(&sample, &progress, &months, &is_final, report).await;
            let all_are_done = progress.next_server.is_none() && report.failed.is_empty();
            if all_are_done && self.request == &CalculationRequest::default() {
                progress.final_month =
                    months.into_iter().filter(|month| is_final(*month)).max().or(progress.final_month);
            }
        }
        if progress != begun_with {
            ledger.keep_progress(self.place, &progress).await?;
        }
        Ok(())
    }

    /// Those that are to be worked out, the earliest first.
    fn months(&self, progress: &Progress) -> Vec<Month> {
        let current = Month::of(self.parts.now());
        let is_final = progress.final_month.is_some_and(|month| month >= current.before());
        match self.request.month {
            Some(month) => vec![month],
            None if is_final => vec![current],
            None => vec![current.before(), current],
        }
    }

    async fn make_stale(&self, sample: &Sample, reason: &str, report: &mut PlaceReport) {
        let all: Vec<_> = sample.servers.iter().map(|id| self.make_stale_one(id, sample.as_of)).collect();
        stream::iter(all).buffer_unordered(SIDE_BY_SIDE).collect::<()>().await;
        report.fail(self.place, reason.to_owned(), sample.servers.iter().cloned().collect());
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
            let of_server = |id: &'_ String| {
                let gone = sample.gone.contains(id);
                let server = self.place.server(id);
                let of_server = OfServer { of_place: self, server, progress, as_of: sample.as_of, gone };
                async move { of_server.keep(months, is_final).await }
            };
            let keeping: Vec<_> = ids_at_once.iter().map(|id| of_server(id)).collect();
            let mut kept = stream::iter(keeping).buffered(SIDE_BY_SIDE);
            let mut next = ids_at_once.iter();
            while let (Some(result), Some(id)) = (kept.next().await, next.next()) {
                match result {
                    Ok(()) => report.processed += 1,
                    Err(error) => {
                        self.make_stale_one(id, sample.as_of).await;
                        report.fail(self.place, error.to_string(), vec![(*id).clone()]);
                    }
                }
            }
        }
        None
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
