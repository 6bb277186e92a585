use serde::{Deserialize, Serialize};

use crate::evidence::Hibernation;
use crate::ranges::Ranges;
use crate::second::{Second, Span};
use crate::signs::{Before, Direction, FoundBy, Point};
use crate::state::InstanceState;
use crate::timeline::{Certainty, Timeline};
use crate::transition::{SAME_MOMENT, SAME_TURN, Transition};

/// EC2 bills every start for a minute at least.
const LEAST_BILLED: i64 = 60;

/// What an instance is known to be since when: moved on by one sign after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Machine {
    pub(crate) state: Known,
    pub(crate) since: Second,
    /// When the run began that goes on, if it is known to have gone on since.
    pub(crate) opened: Option<Second>,
    pub(crate) hibernates: Hibernation,
    /// The last start is timed by when it was asked for.
    pub(crate) start_is_approximate: bool,
}

/// What an instance is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Known {
    /// Nothing is known before this.
    Nothing,
    On,
    Off,
    /// It never runs again.
    Terminated,
}

/// The next sign, and what it says of the time before it.
pub(crate) enum Step<'a> {
    Transition(&'a Transition),
    Point(&'a Point),
}

impl Step<'_> {
    /// Whether it ran then, or was about to.
    fn says_it_runs(&self) -> bool {
        match self {
            Self::Transition(transition) => transition.before >= Before::Off,
            Self::Point(point) => point.is_of_a_run(),
        }
    }
}

impl Machine {
    /// Of an instance that was created at some moment, or at any.
    pub(crate) fn new(created: Option<Second>, hibernates: Hibernation) -> Self {
        let since = created.unwrap_or(Second::MIN);
        Self { state: Known::Nothing, since, opened: None, hibernates, start_is_approximate: false }
    }

    /// Whether the step fits what is known: of two at the same second, the one that does comes first.
    pub(crate) fn agrees_with(&self, step: &Step<'_>) -> bool {
        let was_on = match step {
            Step::Transition(transition) => transition.direction == Direction::End,
            Step::Point(point) => point.state == InstanceState::Running,
        };
        self.state == Known::Nothing || was_on == (self.state == Known::On)
    }

    pub(crate) fn take(&mut self, step: &Step<'_>, ranges: &Ranges<'_>, timeline: &mut Timeline) {
        if self.state == Known::Terminated {
            // Only what contradicts it says more: an answer of DescribeInstances may be older than it seems.
            if !step.says_it_runs() {
                return;
            }
            self.state = Known::Off;
        }
        match step {
            Step::Transition(transition) if transition.direction == Direction::Start => {
                self.start(transition, ranges, timeline);
            }
            Step::Transition(transition) => self.end(transition, ranges, timeline),
            Step::Point(point) => self.pass(point, ranges, timeline),
        }
    }

    /// What may have been since the last sign, for ever.
    pub(crate) fn finish(&self, ranges: &Ranges<'_>, timeline: &mut Timeline) {
        let rest = Span { from: self.since, to: Second::MAX };
        match self.state {
            Known::Terminated => {}
            Known::Nothing | Known::On => timeline.push(rest, Certainty::Maybe),
            Known::Off => {
                if let Some(gap) = ranges.starts.hull_of_gaps(rest) {
                    timeline.push(Span { from: gap.from, to: Second::MAX }, Certainty::Maybe);
                }
            }
        }
        if let Some(opened) = self.opened {
            timeline.bill(opened, (LEAST_BILLED - self.since.since(opened)).max(0));
        }
    }

    fn start(&mut self, transition: &Transition, ranges: &Ranges<'_>, timeline: &mut Timeline) {
        let time = transition.time();
        match self.state {
            Known::Nothing => {
                let off_since = self.off_before_first(transition, ranges);
                timeline.push(Span { from: self.since, to: off_since }, Certainty::Maybe);
            }
            _ => self.was_off_before(time, ranges, timeline),
        }
        timeline.turn(time, transition.is_approximate());
        self.move_to(Known::On, time);
        self.opened = Some(time);
        self.start_is_approximate = transition.is_approximate();
    }

    /// Since when it was off before the first start that is known.
    ///
    /// Nothing tells of an end before it, and calls that were recorded would. But an instance that is known to have been
    /// there may have ended by itself; and who started it by no call may have stopped it by none.
    fn off_before_first(&self, transition: &Transition, ranges: &Ranges<'_>) -> Second {
        let time = transition.time();
        let was_there = self.since > Second::MIN && time.since(self.since) > SAME_TURN;
        if was_there || transition.is_only_described() { time } else { ranges.recorded.since(time) }
    }

    fn end(&mut self, transition: &Transition, ranges: &Ranges<'_>, timeline: &mut Timeline) {
        let time = transition.time();
        let after = if transition.is_final { Known::Terminated } else { Known::Off };
        if self.state == Known::Off && transition.before < Before::Off {
            // Another sign of the end that is known, or of one that found it off.
            if self.has_ended(transition, ranges) {
                self.was_off_before(time, ranges, timeline);
            } else {
                timeline.push(Span { from: self.since, to: time }, Certainty::Maybe);
            }
            self.move_to(after, time);
            return;
        }
        let since = Span { from: self.since, to: time };
        let is_guess = transition.before == Before::Unknown
            && (self.state == Known::Nothing
                || !ranges.recorded.is_empty() && ranges.recorded.hull_of_gaps(since).is_some());
        if is_guess {
            timeline.push(since, Certainty::Maybe);
            self.opened = None;
        } else {
            self.was_on_before(time, ranges, timeline);
        }
        timeline.turn(time, transition.is_approximate());
        if let Some(opened) = self.opened.take() {
            timeline.bill(opened, (LEAST_BILLED - time.since(opened)).max(0));
        }
        if let (Hibernation::Configured, Some(stopped)) = (self.hibernates, transition.aftermath()) {
            timeline.bill(time, stopped.since(time).max(0));
        }
        self.move_to(after, time);
    }

    /// Whether what ceases to run may have ceased already. Else it was started since then, and if not by a call, by EC2.
    fn has_ended(&self, transition: &Transition, ranges: &Ranges<'_>) -> bool {
        let since = Span { from: self.since, to: transition.time() };
        transition.before == Before::Unknown
            || since.seconds() <= SAME_TURN
            || ranges.without_start.hull_of_gaps(since).is_none()
    }

    fn pass(&mut self, point: &Point, ranges: &Ranges<'_>, timeline: &mut Timeline) {
        // EventBridge tells that it is pending as soon as it is; later, it is of another start.
        let boots_within = if point.found_by == FoundBy::Change { SAME_MOMENT } else { SAME_TURN };
        let boots = point.state == InstanceState::Pending
            && self.state == Known::On
            && self.start_is_approximate
            && point.time.since(self.since) <= boots_within;
        if boots {
            // It was asked to start before, and runs from now on at the earliest.
            self.move_to(Known::On, point.time);
            self.opened = Some(point.time);
            return;
        }
        if point.state == InstanceState::Running {
            self.was_on_before(point.time, ranges, timeline);
            self.move_to(Known::On, point.time);
            return;
        }
        match self.state {
            Known::Nothing => timeline.push(Span { from: self.since, to: point.time }, Certainty::Maybe),
            _ => self.was_off_before(point.time, ranges, timeline),
        }
        let is_final = point.found_by == FoundBy::Termination || point.state.is_final();
        self.move_to(if is_final { Known::Terminated } else { Known::Off }, point.time);
    }

    /// It ran right before `time`.
    fn was_on_before(&mut self, time: Second, ranges: &Ranges<'_>, timeline: &mut Timeline) {
        let since = Span { from: self.since, to: time };
        let gap = ranges.starts.hull_of_gaps(since);
        // Since then it was not started, so it had been before.
        if self.state == Known::Nothing {
            timeline.begins_running();
        }
        let surely_since = match self.state {
            Known::Nothing => ranges.recorded.since(time).max(self.since),
            Known::On => gap.map_or(self.since, |gap| gap.to),
            // A start is missing where none can be.
            Known::Off | Known::Terminated => gap.map_or(time, |gap| gap.to),
        };
        let maybe_since = match self.state {
            Known::Off => gap.map_or(self.since, |gap| gap.from),
            _ => self.since,
        };
        if surely_since > self.since {
            self.opened = None;
        }
        timeline.push(Span { from: maybe_since, to: surely_since }, Certainty::Maybe);
        timeline.push(Span { from: surely_since, to: time }, Certainty::On);
    }

    /// It was off right before `time`: an end is missing if it ran, and may be if it could be started unseen.
    fn was_off_before(&mut self, time: Second, ranges: &Ranges<'_>, timeline: &mut Timeline) {
        let since = Span { from: self.since, to: time };
        let maybe_since = match self.state {
            Known::Off => ranges.starts.hull_of_gaps(since).map_or(time, |gap| gap.from),
            _ => self.since,
        };
        timeline.push(Span { from: maybe_since, to: time }, Certainty::Maybe);
        self.opened = None;
    }

    fn move_to(&mut self, state: Known, time: Second) {
        (self.state, self.since) = (state, time);
    }
}
