use larder_runtime::{Coverage, Month, Second, Span};
use larder_sources::{KEPT_FOR, LATE_BY, OVERLAP, Slice};
use serde::{Deserialize, Serialize};

/// How long the coverage is remembered, in seconds: longer than CloudTrail keeps events, shorter than the ledger does.
const REMEMBERED_FOR: i64 = 100 * 24 * 60 * 60;

/// How far the events of an account and region were read, and what was made of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Progress {
    /// When every event is in the ledger.
    pub covered: Coverage,
    /// From when on that is wanted; before the watermark comes up to now, the backfill is under way.
    pub wanted_from: Option<Second>,
    /// The last month that was made final.
    pub final_month: Option<Month>,
    /// The server with which the next run begins, if the last one had to stop before it.
    pub next_server: Option<String>,
}

impl Progress {
    /// Until when CloudTrail was read without a gap, from the first moment that is wanted.
    #[must_use]
    pub fn watermark(&self) -> Option<Second> {
        self.covered.spans().last().map(|span| span.to)
    }

    /// What is left to read of the time since `from`, the oldest first. What follows on something that was read begins a
    /// little before its end, since events come late.
    pub(super) fn left_to_read(&self, from: Second, now: Second) -> Vec<Slice> {
        let mut from = from.max(now.plus(-KEPT_FOR));
        let until = now.plus(-LATE_BY);
        let mut slices = Vec::new();
        while from < until {
            let around = self.covered.spans().iter().find(|span| span.from <= from && from < span.to);
            if let Some(covered) = around {
                from = covered.to;
                continue;
            }
            let next = self.covered.spans().iter().map(|span| span.from).find(|next| *next > from).unwrap_or(until);
            let follows = self.covered.spans().iter().any(|span| span.to == from);
            let start = if follows { from.plus(-OVERLAP) } else { from };
            slices.extend(Slice::backfill(start.unix(), next.min(until).plus(LATE_BY).unix()));
            from = next;
        }
        slices
    }

    /// A slice was read to its end.
    pub(super) fn cover(&mut self, slice: Slice, now: Second) {
        let mut covered = Coverage::of(Span { from: Second::of_unix(slice.from), to: Second::of_unix(slice.to) });
        let remembered = Span { from: now.plus(-REMEMBERED_FOR), to: Second::MAX };
        self.covered.spans().iter().for_each(|span| covered.add(span.and(&remembered)));
        self.covered = covered;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600;
    const NOW: i64 = 1_762_300_800;

    fn progress(spans: &[(i64, i64)]) -> Progress {
        let mut progress = Progress::default();
        for (from, to) in spans {
            progress.cover(Slice { from: NOW + from * HOUR, to: NOW + to * HOUR }, Second::of_unix(NOW));
        }
        progress
    }

    fn left(progress: &Progress, from: i64) -> Vec<(i64, i64)> {
        let slices = progress.left_to_read(Second::of_unix(NOW + from * HOUR), Second::of_unix(NOW));
        slices.iter().map(|slice| (slice.from - NOW, slice.to - NOW)).collect()
    }

    #[test]
    fn nothing_read_is_a_backfill() {
        assert_eq!(left(&progress(&[]), -8), [(-8 * HOUR, -2 * HOUR), (-2 * HOUR, -HOUR / 4)]);
        let all = left(&progress(&[]), -100 * 24);
        assert_eq!((all.len(), all[0].0), (360, -90 * 24 * HOUR), "what CloudTrail keeps no longer is not asked for");
    }

    #[test]
    fn what_was_read_is_not_read_again_but_for_the_overlap() {
        assert_eq!(left(&progress(&[(-9, -1)]), -8), [(-HOUR - OVERLAP, -HOUR / 4)]);
        let before_gap_and_after =
            [(-10 * HOUR, -8 * HOUR), (-6 * HOUR - OVERLAP, -4 * HOUR), (-HOUR - OVERLAP, -HOUR / 4)];
        assert_eq!(left(&progress(&[(-8, -6), (-4, -1)]), -10), before_gap_and_after);
        assert_eq!(left(&progress(&[(-9, 0)]), -8), []);
    }

    #[test]
    fn what_the_ledger_may_have_lost_is_not_remembered_as_read() {
        let mut old = progress(&[]);
        let slice = |day: i64| Slice { from: NOW + day * 24 * HOUR, to: NOW + (day + 1) * 24 * HOUR };
        (-130..-90).for_each(|day| old.cover(slice(day), Second::of_unix(NOW + (day + 1) * 24 * HOUR)));
        old.cover(slice(-90), Second::of_unix(NOW));
        assert_eq!(old.covered.spans()[0].from, Second::of_unix(NOW - REMEMBERED_FOR));
    }
}
