use larder_runtime::{Answer, Month, Second, Server, Span, Totals};
use larder_sources::OVERLAP;

use super::OfPlace;
use crate::runtime::ledger::{History, Ran};
use crate::runtime::{KeptAnswer, KeptMonth, Progress, TableError};

const DAY: i64 = 24 * 60 * 60;

/// The calculation of a server.
pub(super) struct OfServer<'a> {
    pub(super) of_place: &'a OfPlace<'a>,
    pub(super) server: Server,
    pub(super) progress: &'a Progress,
    pub(super) as_of: Second,
    /// It has been terminated, and `DescribeInstances` does not know it any more.
    pub(super) gone: bool,
}

impl OfServer<'_> {
    /// Works out the months, and keeps them. The checkpoint comes last: without it, the same is worked out of more
    /// evidence.
    pub(super) async fn keep(
        &self,
        months: &[Month],
        is_final: &(dyn Fn(Month) -> bool + Send + Sync),
    ) -> Result<(), TableError> {
        let parts = self.of_place.parts;
        let (id, current) = (&self.server.instance_id, Month::of(self.as_of));
        let from = months.first().map_or(self.as_of, |month| month.span().from);
        let recorded = &self.progress.covered;
        let history = parts.ledger.history(id, from).await?;
        let ran = history.ran(recorded);
        let mut ran_at_all = false;
        for month in months {
            let window = month.span().and(&Span { from: month.span().from, to: self.as_of });
            let answer = self.answer(*month, window, &ran);
            ran_at_all |= answer.upper_minutes != Some(0.0);
            if *month < current && parts.ledger.month(id, *month).await?.is_some_and(|kept| kept.is_final) {
                continue;
            }
            let kept = KeptAnswer { answer, timestamp: Some(self.as_of) };
            if *month == current {
                parts.servers.keep(&kept).await?;
            }
            let kept = KeptMonth { days: days(&window, &ran), is_final: is_final(*month), kept };
            parts.ledger.keep_month(self.of_place.place, &kept).await?;
        }
        if self.gone && !ran_at_all && months == [current] {
            return parts.ledger.remove_server(self.of_place.place, id).await;
        }
        self.keep_checkpoint(&history, from).await
    }

    fn answer(&self, month: Month, window: Span, ran: &Ran<'_>) -> Answer {
        Answer::new(self.server.clone(), month, window, &ran.totals(&window), self.progress.watermark())
    }

    /// Until where the next run reads once more, and not further: what it finds there is after it.
    async fn keep_checkpoint(&self, history: &History, from: Second) -> Result<(), TableError> {
        let Some(watermark) = self.progress.watermark() else { return Ok(()) };
        let next = history.next_checkpoint(&self.progress.covered, from, watermark.plus(-OVERLAP));
        let Some(checkpoint) = next else { return Ok(()) };
        let (id, ledger) = (&self.server.instance_id, &self.of_place.parts.ledger);
        ledger.keep_checkpoint(id, history, from, checkpoint).await
    }
}

/// By day, from the window's first.
fn days(window: &Span, ran: &Ran<'_>) -> Vec<Totals> {
    let starts = std::iter::successors(Some(window.from), |start| Some(start.plus(DAY)));
    let days = starts.take_while(|start| *start < window.to);
    days.map(|from| ran.totals(&Span { from, to: from.plus(DAY) }.and(window))).collect()
}
