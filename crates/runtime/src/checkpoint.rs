use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::coverage::Coverage;
use crate::evidence::Evidence;
use crate::history::{fold, known_starts};
use crate::machine::{Machine, Ranges};
use crate::month::{day_of, start_of};
use crate::second::{Second, Span};
use crate::signs::{Direction, Signs, Source, Turn};
use crate::timeline::{Timeline, Totals};
use crate::transition::{SAME_TURN, paired};

/// All that the evidence until a moment says, in some kilobytes at most: an hour's work is then an hour's evidence.
///
/// The moment is one at which `DescribeInstances` was asked, and a quarter of an hour after any turn, so that nothing that
/// comes later tells of a turn before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkpoint {
    until: Second,
    machine: Machine,
    /// The last start and the last end that `DescribeInstances` told by then: it tells them again.
    told: [Option<Second>; 2],
    /// By day of UTC, from the first day that was asked for.
    days: BTreeMap<Date, Totals>,
}

impl Checkpoint {
    /// The latest one until `latest`, with the totals of the days since `from`; `base` is the one before, which has all
    /// evidence until then. `None` where there is no later one than that.
    #[must_use]
    pub fn new(
        base: Option<&Self>,
        evidence: &[Evidence],
        recorded: &Coverage,
        from: Second,
        latest: Second,
    ) -> Option<Self> {
        let signs = signs_after(base, evidence);
        let until = latest_quiet(evidence, &signs, recorded, base, latest)?;
        let before: Vec<_> = evidence.iter().filter(|evidence| evidence.time() <= until).cloned().collect();
        let signs = signs_after(base, &before);
        let (mut machine, mut timeline) = machine_of(base, &signs);
        let starts = known_starts(recorded, &signs);
        let ranges = Ranges { recorded, starts: &starts };
        fold(&mut machine, &paired(&signs), &signs.points, &ranges, &mut timeline);
        let last = |direction, before: Option<Second>| {
            let told =
                signs.turns.iter().filter(|turn| turn.source == Source::Described && turn.direction == direction);
            told.map(|turn| turn.time).chain(before).max()
        };
        let [start, end] = base.map(|base| base.told).unwrap_or_default();
        let told = [last(Direction::Start, start), last(Direction::End, end)];
        let mut days = base.map(|base| base.days.clone()).unwrap_or_default();
        days.retain(|day, _| *day >= day_of(from));
        for (day, span) in days_of(Span { from, to: until }) {
            *days.entry(day).or_default() += timeline.totals(&span);
        }
        Some(Self { until, machine, told, days })
    }

    /// Until when it has all evidence.
    #[must_use]
    pub fn until(&self) -> Second {
        self.until
    }

    /// Whether evidence tells something of the time before this that it does not know: it is to be made anew then.
    #[must_use]
    pub fn is_disturbed_by(&self, evidence: &Evidence) -> bool {
        let turns = Signs::of([evidence]).turns;
        let is_new = |turn: &Turn| turn.time <= self.until && !self.told.contains(&Some(turn.time));
        evidence.time() <= self.until || turns.iter().any(is_new)
    }

    /// What comes after it, by the evidence after it; what it has itself is in [`totals`](Self::totals).
    #[must_use]
    pub fn timeline(&self, evidence: &[Evidence], recorded: &Coverage) -> Timeline {
        let signs = signs_after(Some(self), evidence);
        let (mut machine, mut timeline) = machine_of(Some(self), &signs);
        let starts = known_starts(recorded, &signs);
        let ranges = Ranges { recorded, starts: &starts };
        fold(&mut machine, &paired(&signs), &signs.points, &ranges, &mut timeline);
        machine.finish(&ranges, &mut timeline);
        timeline
    }

    /// What it holds of whole days.
    #[must_use]
    pub fn totals(&self, span: &Span) -> Totals {
        let mut totals = Totals::default();
        for (day, of_day) in self.days.range(day_of(span.from)..) {
            if start_of(*day) < span.to {
                totals += *of_day;
            }
        }
        totals
    }
}

/// The days that a span touches, and what each has of it.
pub(crate) fn days_of(span: Span) -> impl Iterator<Item = (Date, Span)> {
    let first = day_of(span.from);
    let days = std::iter::successors(Some(first), |day| day.tomorrow().ok());
    days.map(move |day| {
        (day, Span { from: start_of(day), to: day.tomorrow().map_or(Second::MAX, start_of) }.and(&span))
    })
    .take_while(|(_, part)| !part.is_empty())
}

/// What the evidence after a checkpoint says of the time after it.
fn signs_after(base: Option<&Checkpoint>, evidence: &[Evidence]) -> Signs {
    let Some(Checkpoint { until, .. }) = base else { return Signs::of(evidence) };
    let mut signs = Signs::of(evidence.iter().filter(|evidence| evidence.time() > *until));
    signs.turns.retain(|turn| turn.time > *until);
    signs
}

fn machine_of(base: Option<&Checkpoint>, signs: &Signs) -> (Machine, Timeline) {
    let machine = match base {
        Some(base) => Machine { hibernates: base.machine.hibernates.max(signs.hibernates), ..base.machine.clone() },
        None => Machine::new(signs.created, signs.hibernates),
    };
    (machine, Timeline::default())
}

/// The last moment at which the instance was looked at and nothing had turned for a while, and until which CloudTrail
/// was read without a gap.
fn latest_quiet(
    evidence: &[Evidence],
    signs: &Signs,
    recorded: &Coverage,
    base: Option<&Checkpoint>,
    latest: Second,
) -> Option<Second> {
    let looks = evidence.iter().filter(|evidence| matches!(evidence, Evidence::Seen(_))).map(Evidence::time);
    let is_quiet = |look: Second| {
        let close = |turn: &Turn| (look.plus(-SAME_TURN)..=look.plus(SAME_TURN)).contains(&turn.time);
        !signs.turns.iter().any(close)
    };
    let is_covered = |look: Second| {
        let from = base.map_or(recorded.since(look), |base| base.until);
        recorded.since(look) < look && recorded.gap(Span { from, to: look }).is_none()
    };
    let after_base = |look: &Second| base.is_none_or(|base| *look > base.until);
    looks.filter(after_base).filter(|look| *look <= latest && is_quiet(*look) && is_covered(*look)).max()
}
