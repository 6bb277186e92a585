use serde::{Deserialize, Serialize};

use crate::second::{Second, Span};

/// For which time every call that starts, stops or terminates an instance of an account and region is in the evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Coverage(Vec<Span>);

impl Coverage {
    /// From the first second of `span` to its last.
    #[must_use]
    pub fn of(span: Span) -> Self {
        let mut coverage = Self::default();
        coverage.add(span);
        coverage
    }

    /// Covers a span as well.
    pub fn add(&mut self, span: Span) {
        if span.is_empty() {
            return;
        }
        let apart = |other: &Span| other.to < span.from || span.to < other.from;
        let (mut spans, touching): (Vec<_>, Vec<_>) = self.0.drain(..).partition(apart);
        let from = touching.iter().map(|other| other.from).fold(span.from, Second::min);
        let to = touching.iter().map(|other| other.to).fold(span.to, Second::max);
        spans.push(Span { from, to });
        spans.sort_by_key(|span| span.from);
        self.0 = spans;
    }

    /// Covers a span no longer.
    pub fn remove(&mut self, span: Span) {
        let parts = self.0.drain(..).flat_map(|covered| {
            [
                Span { from: covered.from, to: covered.to.min(span.from) },
                Span { from: covered.from.max(span.to), to: covered.to },
            ]
        });
        self.0 = parts.filter(|part| !part.is_empty()).collect();
    }

    /// What is covered: apart from each other, in order.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// From the first second of `span` that is not covered until after the last; there may be covered ones between.
    #[must_use]
    pub fn hull_of_gaps(&self, span: Span) -> Option<Span> {
        if span.is_empty() {
            return None;
        }
        let around = |moment: Second| self.0.iter().find(|covered| covered.from <= moment && moment <= covered.to);
        let from = around(span.from).map_or(span.from, |covered| covered.to);
        let to = around(span.to).map_or(span.to, |covered| covered.from);
        Some(Span { from, to }).filter(|gap| gap.from < gap.to && gap.from < span.to && gap.to > span.from)
    }

    /// Since when all is covered until `moment`; `moment` itself if nothing is.
    #[must_use]
    pub fn since(&self, moment: Second) -> Second {
        self.0.iter().find(|span| span.from <= moment && moment <= span.to).map_or(moment, |span| span.from)
    }

    /// Whether nothing is covered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: i64, to: i64) -> Span {
        Span { from: Second::of_unix(from), to: Second::of_unix(to) }
    }

    fn coverage(spans: &[(i64, i64)]) -> Coverage {
        let mut coverage = Coverage::default();
        spans.iter().for_each(|(from, to)| coverage.add(span(*from, *to)));
        coverage
    }

    #[test]
    fn spans_that_touch_are_one() {
        let expected = [span(0, 30), span(40, 50)];
        assert_eq!(coverage(&[(0, 10), (20, 30), (40, 50), (10, 20), (45, 45)]).spans(), expected);
        assert_eq!(coverage(&[(40, 50), (5, 30), (0, 6)]).spans(), expected);
    }

    #[test]
    fn what_is_removed_is_covered_no_longer() {
        let without = |from, to| {
            let mut covered = coverage(&[(0, 10), (20, 30)]);
            covered.remove(span(from, to));
            covered.spans().to_vec()
        };
        assert_eq!(without(5, 25), [span(0, 5), span(25, 30)]);
        assert_eq!(without(2, 4), [span(0, 2), span(4, 10), span(20, 30)]);
        assert_eq!(without(-5, 10), [span(20, 30)]);
        assert_eq!(without(12, 18), [span(0, 10), span(20, 30)]);
    }

    #[test]
    fn a_gap_is_from_its_first_uncovered_second_until_after_its_last() {
        let covered = coverage(&[(10, 20), (30, 40)]);
        for (asked, gap) in [
            (span(10, 20), None),
            (span(12, 18), None),
            (span(15, 35), Some(span(20, 30))),
            (span(0, 15), Some(span(0, 10))),
            (span(0, 50), Some(span(0, 50))),
            (span(35, 50), Some(span(40, 50))),
            (span(20, 30), Some(span(20, 30))),
            (span(22, 25), Some(span(22, 25))),
            (span(25, 25), None),
        ] {
            assert_eq!(covered.hull_of_gaps(asked), gap, "{asked:?}");
        }
        assert_eq!(Coverage::default().hull_of_gaps(span(1, 2)), Some(span(1, 2)));
    }

    #[test]
    fn covered_since_the_span_that_holds_a_moment_began() {
        let covered = coverage(&[(10, 20)]);
        let since = |moment| covered.since(Second::of_unix(moment)).unix();
        assert_eq!([since(9), since(10), since(15), since(20), since(21)], [9, 10, 10, 10, 21]);
    }
}
