use futures::{StreamExt, stream};
use larder_runtime::{Month, Quality, Second};
use larder_sources::OVERLAP;

use super::deadline::Deadline;
use super::of_server::{OfServer, WorkedOut};
use super::report::PlaceReport;
use super::{CalculationRequest, Place, Progress, RuntimeParts, TableError};

mod events;
mod sample;

use events::EventsRead;
use sample::Sample;

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
        let Some(from) = months.first().map(|month| month.span().from) else { return Ok(()) };
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
            // What nobody has read yet, and is final already, is worked out when it is asked for.
            None if is_final || (progress.final_month.is_none() && self.begins_late(progress, current)) => {
                vec![current]
            }
            None => vec![current.before(), current],
        }
    }

    /// Whether nothing was read of the month before, and it has been over for long.
    fn begins_late(&self, progress: &Progress, current: Month) -> bool {
        let start = current.span().from;
        let is_read = progress.covered.spans().first().is_some_and(|span| span.from < start);
        !is_read && self.parts.now() >= start.plus(FINAL_AFTER)
    }

    async fn make_stale(&self, sample: &Sample, reason: &str, report: &mut PlaceReport) {
        let current = Month::of(sample.as_of);
        if self.request.month.is_none_or(|month| month == current) {
            let all = sample.servers.iter().map(|id| async move {
                let server = self.place.server(id);
                (id, self.parts.servers.make_stale(&server, current, sample.as_of).await)
            });
            let mut all = stream::iter(all).buffered(SIDE_BY_SIDE);
            while let Some((id, result)) = all.next().await {
                if let Err(error) = result {
                    tracing::warn!(instance = id, %error, "an answer that is not up to date does not say so");
                }
            }
        }
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
            let works = ids_at_once.iter().map(|id| self.of_server(id, sample, progress, months, is_final));
            let mut kept = stream::iter(works).buffered(SIDE_BY_SIDE);
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
        if sample.gone.contains(id) && !may_have_run && months == [Month::of(as_of)] {
            return ledger.remove_server(self.place, id).await;
        }
        // Until where the next run reads once more, and not further: what it finds there is after it.
        let Some(watermark) = progress.watermark() else { return Ok(()) };
        match history.next_checkpoint(&progress.covered, from, watermark.plus(-OVERLAP)) {
            Some(checkpoint) => ledger.keep_checkpoint(id, &history, from, checkpoint).await,
            None => Ok(()),
        }
    }

    async fn make_stale_one(&self, id: &str, now: Second) {
        let month = Month::of(now);
        if self.request.month.is_some_and(|wanted| wanted != month) {
            return;
        }
        let server = self.place.server(id);
        if let Err(error) = self.parts.servers.make_stale(&server, month, now).await {
            tracing::warn!(instance = id, %error, quality = ?Quality::Stale, "an answer could not be marked");
        }
    }
}
