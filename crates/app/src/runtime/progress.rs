use larder_runtime::{Coverage, Month, Second, Span};
use larder_sources::{KEPT_FOR, LATE_BY, OVERLAP, Slice};
use serde::{Deserialize, Serialize};

/// How much time a slice has at first, and at least, in seconds: 6 hours.
const FIRST_SLICE: i64 = 6 * 60 * 60;
/// How much it has at most: 16 days.
const LONGEST_SLICE: i64 = 16 * 24 * 60 * 60;

/// How long the coverage is remembered, in seconds: longer than CloudTrail keeps events, shorter than the ledger does.
const REMEMBERED_FOR: i64 = 100 * 24 * 60 * 60;

/// How far the events of an account and region were read, and what was made of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Progress {
    /// What was read.
    read: Coverage,
    /// The seconds of events that could not be: of these nothing is known.
    unreadable: Coverage,
    /// Why the last run could not do all, if it could not.
    pub failure: Option<String>,
    /// How much time the next slice has at most, in seconds, by how few events the last ones had.
    slice: Option<i64>,
    /// The last month that was made final.
    pub final_month: Option<Month>,
    /// The server with which the next run begins, if the last one had to stop before it.
    pub next_server: Option<String>,
}

impl Progress {
    /// When every event is in the ledger.
    #[must_use]
    pub fn covered(&self) -> Coverage {
        let mut covered = self.read.clone();
        self.unreadable.spans().iter().for_each(|span| covered.remove(*span));
        covered
    }

    /// Whether nothing was read yet.
    pub(super) fn is_new(&self) -> bool {
        self.read.is_empty()
    }

    /// Until when CloudTrail was read.
    #[must_use]
    pub fn watermark(&self) -> Option<Second> {
        self.read.spans().last().map(|span| span.to)
    }

    /// The next slice to read: of the time since `from` the oldest that is left, then of the
    /// time before it the latest. `None` if all was read that CloudTrail still has.
    ///
    /// What follows on something that was read begins a little before its end, since events come late.
    pub(super) fn next_slice(&self, from: Second, now: Second) -> Option<Slice> {
        let longest = self.slice.unwrap_or(FIRST_SLICE);
        self.next_since(from, now, longest).or_else(|| self.next_before(from, now, longest))
    }

    fn next_since(&self, from: Second, now: Second, longest: i64) -> Option<Slice> {
        let (spans, until) = (self.read.spans(), now.plus(-LATE_BY));
        let from = from.max(now.plus(-KEPT_FOR));
        let read = spans.iter().find(|span| span.from <= from && from < span.to);
        let from = read.map_or(from, |span| span.to);
        let follows = spans.iter().any(|span| span.to == from);
        let next = spans.iter().map(|span| span.from).find(|next| *next > from).unwrap_or(until);
        let to = next.min(until).min(from.plus(longest));
        (from < to).then(|| slice(if follows { from.plus(-OVERLAP) } else { from }, to))
    }

    fn next_before(&self, from: Second, now: Second, longest: i64) -> Option<Slice> {
        let (spans, oldest) = (self.read.spans(), now.plus(-KEPT_FOR));
        let from = from.min(now.plus(-LATE_BY));
        let to = spans.iter().find(|span| span.from <= from && from <= span.to).map_or(from, |span| span.from);
        let before = spans.iter().map(|span| span.to).rfind(|end| *end < to);
        let start = before.unwrap_or(oldest).max(oldest).max(to.plus(-longest));
        (start < to).then(|| slice(if before == Some(start) { start.plus(-OVERLAP) } else { start }, to))
    }

    /// Where there are few events, twice the time takes no more requests.
    pub(super) fn lengthen_slices(&mut self) {
        self.slice = Some((self.slice.unwrap_or(FIRST_SLICE) * 2).min(LONGEST_SLICE));
    }

    /// Of many events, less is lost where a slice is not read to its end.
    pub(super) fn shorten_slices(&mut self) {
        self.slice = None;
    }

    /// An event of a slice can't be read; of which second, if that can be told.
    pub(super) fn lose(&mut self, slice: Slice, time: Option<Second>) {
        self.unreadable.add(match time {
            Some(time) => Span { from: time, to: time.plus(1) },
            None => Span { from: Second::of_unix(slice.from), to: Second::of_unix(slice.to) },
        });
    }

    /// A slice was read to its end.
    pub(super) fn cover(&mut self, slice: Slice, now: Second) {
        self.read.add(Span { from: Second::of_unix(slice.from), to: Second::of_unix(slice.to) });
        let forgotten = Span { from: Second::MIN, to: now.plus(-REMEMBERED_FOR) };
        self.read.remove(forgotten);
        self.unreadable.remove(forgotten);
    }
}

fn slice(from: Second, to: Second) -> Slice {
    Slice { from: from.unix(), to: to.unix() }
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

    /// What is read one after the other, from `from` on at first.
    fn read(mut progress: Progress, from: i64, longest: i64) -> Vec<(i64, i64)> {
        progress.slice = Some(longest);
        let (mut read, now) = (Vec::new(), Second::of_unix(NOW));
        while let Some(slice) = progress.next_slice(Second::of_unix(NOW + from * HOUR), now) {
            read.push((slice.from - NOW, slice.to - NOW));
            progress.cover(slice, now);
            assert!(read.len() < 400, "it does not end: {slice:?}");
        }
        assert_eq!(progress.read.spans().len(), 1, "no gap is left");
        read
    }

    #[test]
    fn what_is_asked_for_is_read_first_and_then_the_time_before_it() {
        let all = read(progress(&[]), -8, 6 * HOUR);
        let until = -HOUR / 4;
        let follows = -2 * HOUR - OVERLAP;
        assert_eq!(
            all[..4],
            [(-8 * HOUR, -2 * HOUR), (follows, until), (-14 * HOUR, -8 * HOUR), (-20 * HOUR, -14 * HOUR)]
        );
        assert_eq!(all.last().map(|slice| slice.0), Some(-90 * 24 * HOUR), "CloudTrail keeps no more");
        let long = read(progress(&[]), -8, 100 * 24 * HOUR);
        assert_eq!(long, [(-8 * HOUR, until), (-90 * 24 * HOUR, -8 * HOUR)]);
    }

    #[test]
    fn what_was_read_is_not_read_again_but_for_the_overlap() {
        let all = 90 * 24;
        assert_eq!(read(progress(&[(-all, -1)]), -8, 6 * HOUR), [(-HOUR - OVERLAP, -HOUR / 4)]);
        let gaps = [(-6 * HOUR - OVERLAP, -4 * HOUR), (-HOUR - OVERLAP, -HOUR / 4), (-20 * HOUR - OVERLAP, -10 * HOUR)];
        assert_eq!(read(progress(&[(-all, -20), (-10, -6), (-4, -1)]), -8, 24 * HOUR), gaps);
        assert_eq!(read(progress(&[(-all, 0)]), -8, 6 * HOUR), []);
    }

    #[test]
    fn what_may_still_come_is_never_read() {
        let until = (-HOUR) / 4;
        for from in [0, 1, 24] {
            let all = read(progress(&[(-90 * 24, -1)]), from, 6 * HOUR);
            assert_eq!(all, [(-HOUR - OVERLAP, until)], "a month that begins in {from} hours");
        }
    }

    #[test]
    fn a_second_whose_event_can_not_be_read_is_not_covered_and_not_read_again() {
        let mut progress = progress(&[(-90 * 24, 0)]);
        let slice = Slice { from: NOW - 6 * HOUR, to: NOW };
        let lost = Second::of_unix(NOW - HOUR);
        progress.lose(slice, Some(lost));
        let gap = |progress: &Progress| {
            progress.covered().hull_of_gaps(Span { from: Second::of_unix(NOW - 6 * HOUR), to: Second::of_unix(NOW) })
        };
        assert_eq!(gap(&progress), Some(Span { from: lost, to: lost.plus(1) }));
        assert_eq!(progress.next_slice(Second::of_unix(NOW - 8 * HOUR), Second::of_unix(NOW)), None);
        progress.lose(slice, None);
        assert_eq!(gap(&progress).map(|gap| (gap.from.unix(), gap.to.unix())), Some((slice.from, slice.to)));
    }

    #[test]
    fn what_the_ledger_may_have_lost_is_not_remembered_as_read() {
        let mut old = progress(&[]);
        let slice = |day: i64| Slice { from: NOW + day * 24 * HOUR, to: NOW + (day + 1) * 24 * HOUR };
        (-130..-90).for_each(|day| old.cover(slice(day), Second::of_unix(NOW + (day + 1) * 24 * HOUR)));
        old.cover(slice(-90), Second::of_unix(NOW));
        assert_eq!(old.read.spans()[0].from, Second::of_unix(NOW - REMEMBERED_FOR));
    }
}
