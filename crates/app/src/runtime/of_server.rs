use larder_runtime::{Answer, Month, Second, Span, Totals};

use super::ledger::{History, MonthBefore, Ran};
use super::{KeptAnswer, KeptMonth, Place, Progress, RuntimeParts, TableError};

const DAY: i64 = 24 * 60 * 60;

/// A server whose months are worked out.
///
/// Several may do that at a time. What is kept of a month is read first, then what is known, and what comes of it is
/// written only in place of what was read: so it knows all that those knew who wrote before.
pub(super) struct OfServer<'a> {
    pub(super) parts: &'a RuntimeParts,
    pub(super) place: &'a Place,
    pub(super) id: &'a str,
    /// Until when, unless a later answer is kept already.
    pub(super) as_of: Second,
}

/// What was made of what is known.
pub(super) struct WorkedOut {
    pub(super) history: History,
    /// The first second that it has.
    pub(super) from: Second,
    /// Whether it may have run in these months.
    pub(super) may_have_run: bool,
    /// What is kept beside the server now, if the current month was worked out.
    pub(super) kept: Option<KeptAnswer>,
}

impl OfServer<'_> {
    /// What is kept of the months, to be read before the progress and anything else.
    pub(super) async fn before(&self, months: &[Month]) -> Result<Vec<MonthBefore>, TableError> {
        let mut before = Vec::with_capacity(months.len());
        for month in months {
            before.push(self.parts.ledger.month_before(self.id, *month).await?);
        }
        Ok(before)
    }

    /// Works out months and keeps them, but one that is over and final. `None` if somebody else has kept one since
    /// `before` was read: it is to be done again then.
    pub(super) async fn keep(
        &self,
        before: &[MonthBefore],
        progress: &Progress,
        is_final: &(dyn Fn(Month) -> bool + Send + Sync),
    ) -> Result<Option<WorkedOut>, TableError> {
        let current = Month::of(self.as_of);
        let from = before.first().map_or(self.as_of, |first| first.month.span().from);
        let history = self.parts.ledger.history(self.id, from).await?;
        let ran = history.ran(&progress.covered());
        let (mut may_have_run, mut beside) = (false, None);
        for before in before {
            let month = before.month;
            let window = month.span().and(&Span { from: month.span().from, to: self.as_of_after(before) });
            let totals = ran.totals(&window);
            let answer = Answer::new(self.place.server(self.id), month, window, &totals, progress.watermark());
            may_have_run |= answer.upper_minutes != Some(0.0);
            if month < current && before.kept.as_ref().is_some_and(|kept| kept.is_final) {
                // Whoever made it final may have got no further.
                self.keep_told(before.clone()).await?;
                continue;
            }
            let kept = KeptAnswer { answer, timestamp: Some(self.as_of) };
            let kept = KeptMonth { days: days(&window, &ran), is_final: is_final(month), kept };
            let Some(after) = self.parts.ledger.replace_month(before, kept).await? else { return Ok(None) };
            let told = self.keep_told(after).await?;
            if month == current {
                beside = told;
            }
        }
        drop(ran);
        Ok(Some(WorkedOut { history, from, may_have_run, kept: beside }))
    }

    /// An answer's end never goes back, so that the later of two is the one that knows more.
    fn as_of_after(&self, before: &MonthBefore) -> Second {
        match &before.kept {
            Some(month) if month.kept.answer.as_of > self.as_of => month.kept.answer.as_of.max(self.parts.now()),
            _ => self.as_of,
        }
    }

    /// Keeps the month's answer where it is told from: among those of its month, and of the current one beside the server
    /// too. It goes on while others replace the month meanwhile: theirs may have come there first.
    async fn keep_told(&self, mut month: MonthBefore) -> Result<Option<KeptAnswer>, TableError> {
        let RuntimeParts { ledger, servers, .. } = self.parts;
        loop {
            let Some(KeptMonth { kept, .. }) = month.kept.clone() else { return Ok(None) };
            ledger.keep_answer(self.place, &kept).await?;
            if month.month == Month::of(self.as_of) {
                servers.keep(&kept).await?;
            }
            let now = ledger.month_before(self.id, month.month).await?;
            if now == month {
                return Ok(Some(kept));
            }
            month = now;
        }
    }
}

/// By day, from the window's first.
fn days(window: &Span, ran: &Ran<'_>) -> Vec<Totals> {
    let starts = std::iter::successors(Some(window.from), |start| Some(start.plus(DAY)));
    let days = starts.take_while(|start| *start < window.to);
    days.map(|from| ran.totals(&Span { from, to: from.plus(DAY) }.and(window))).collect()
}
