use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::coverage::Coverage;
use crate::evidence::Evidence;
use crate::history::{fold, timeline_since};
use crate::machine::Machine;
use crate::month::{day_of, start_of};
use crate::ranges::Ranges;
use crate::second::{Second, Span};
use crate::signs::{Direction, Signs, Source, Turn};
use crate::timeline::{Timeline, Totals};
use crate::transition::{SAME_MOMENT, SAME_TURN};

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
    /// Since when it has the days.
    from: Second,
    /// By day of UTC.
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
        let complete_until = base.map_or(from, |base| base.until);
        let looks = evidence.iter().filter(|evidence| matches!(evidence, Evidence::Seen(_))).map(Evidence::time);
        let looks = looks.filter(|look| *look <= latest && base.is_none_or(|base| *look > base.until));
        let fits = |look: &Second| is_quiet(*look, &signs) && is_covered(*look, complete_until, recorded);
        let until = looks.filter(fits).max()?;
        let before: Vec<_> = evidence.iter().filter(|evidence| evidence.time() <= until).cloned().collect();
        let signs = signs_after(base, &before);
        let mut machine = machine_of(base, &signs);
        let timeline = fold(&mut machine, &signs, &Ranges::new(recorded, &signs));
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
        let from = base.map_or(from, |base| base.from.max(from));
        Some(Self { until, machine, told, from, days })
    }

    /// Until when it has all evidence.
    #[must_use]
    pub fn until(&self) -> Second {
        self.until
    }

    /// Whether evidence tells something of the time before this that it does not know: it is to be made anew then.
    ///
    /// Of evidence until then it can't be told whether it has it, so whatever comes twice disturbs; that costs work, and
    /// makes no difference to what is made anew.
    #[must_use]
    pub fn is_disturbed_by(&self, evidence: &Evidence) -> bool {
        let turns = Signs::of([evidence]).turns;
        // Of a turn that soon after it, the look that it was taken at may have been behind or ahead.
        let until = self.until.plus(SAME_MOMENT);
        let is_new = |turn: &Turn| turn.time <= until && !self.told.contains(&Some(turn.time));
        evidence.time() <= self.until || turns.iter().any(is_new)
    }

    /// What comes after it, by the evidence after it; what it has itself is in [`totals`](Self::totals).
    #[must_use]
    pub fn timeline(&self, evidence: &[Evidence], recorded: &Coverage) -> Timeline {
        let signs = signs_after(Some(self), evidence);
        timeline_since(machine_of(Some(self), &signs), &signs, recorded)
    }

    /// What it holds of whole days. Of days before those that it was asked for it knows nothing: they count as bounds.
    #[must_use]
    pub fn totals(&self, span: &Span) -> Totals {
        let unknown = span.and(&Span { from: Second::MIN, to: self.from.min(self.until) });
        let mut totals = Totals { upper: unknown.seconds(), ..Totals::default() };
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

fn machine_of(base: Option<&Checkpoint>, signs: &Signs) -> Machine {
    match base {
        Some(base) => Machine { hibernates: base.machine.hibernates.max(signs.hibernates), ..base.machine.clone() },
        None => Machine::new(signs.created, signs.hibernates),
    }
}

/// Whether nothing turned for a while before a look and after it.
fn is_quiet(look: Second, signs: &Signs) -> bool {
    let around = look.plus(-SAME_TURN)..=look.plus(SAME_TURN);
    !signs.turns.iter().any(|turn| around.contains(&turn.time))
}

/// Whether CloudTrail was read right before a look, and without a gap from `since` on.
fn is_covered(look: Second, since: Second, recorded: &Coverage) -> bool {
    recorded.since(look) < look && recorded.hull_of_gaps(Span { from: since, to: look }).is_none()
}
