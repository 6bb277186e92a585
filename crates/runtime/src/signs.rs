use std::collections::BTreeSet;

use crate::evidence::{Act, Changed, Described, Evidence, Hibernation, Recorded, Seen};
use crate::second::{Second, Span};
use crate::state::InstanceState;

/// What all evidence of an instance says, each sign for itself.
#[derive(Debug, Default)]
pub(crate) struct Signs {
    /// In order of time.
    pub(crate) turns: Vec<Turn>,
    /// In order of time.
    pub(crate) points: Vec<Point>,
    /// Spans in which nobody started it, by its `LaunchTime`: that of the last start.
    pub(crate) without_start: Vec<Span>,
    pub(crate) created: Option<Second>,
    pub(crate) hibernates: Hibernation,
}

/// A sign that it began or ceased to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    pub(crate) time: Second,
    pub(crate) direction: Direction,
    pub(crate) source: Source,
    pub(crate) before: Before,
    /// It never runs again.
    pub(crate) is_final: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Direction {
    Start,
    End,
}

/// Where a turn's time is from, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// EventBridge's `running`, `stopping` or `shutting-down`: the moment itself.
    StateChange,
    /// CloudTrail.
    Recorded,
    /// `LaunchTime`, or the time in `StateTransitionReason`.
    Described,
    /// EventBridge's `stopped` or `terminated`.
    Aftermath,
}

/// What a turn says of the time right before it; a later one says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Before {
    /// It may have been off for long: whoever terminates does not ask.
    Unknown,
    /// It ran, unless an earlier sign tells of the same end.
    OnUnlessOver,
    /// It was off.
    Off,
    /// It ran until then, or until some minutes before.
    OnAbout,
    /// It ran.
    On,
}

/// A sign of what it was at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Point {
    pub(crate) time: Second,
    pub(crate) state: InstanceState,
    pub(crate) found_by: FoundBy,
}

impl Point {
    /// Whether it ran then, or was about to.
    pub(crate) fn is_of_a_run(&self) -> bool {
        matches!(self.state, InstanceState::Pending | InstanceState::Running)
    }
}

/// How it came to be known what an instance was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FoundBy {
    /// EventBridge told it, at the moment itself.
    Change,
    /// DescribeInstances told it, which may be some seconds behind.
    Look,
    /// A recorded call found it so.
    Call,
    /// A recorded call found it so and terminated it.
    Termination,
}

impl Signs {
    /// The same whatever the order of the evidence, and however often it is there.
    pub(crate) fn of<'a>(evidence: impl IntoIterator<Item = &'a Evidence>) -> Self {
        let (mut signs, mut known, mut times) = (Self::default(), BTreeSet::new(), BTreeSet::new());
        for evidence in evidence {
            match evidence {
                Evidence::Recorded(recorded) if known.insert(&*recorded.event_id) => signs.record(recorded),
                // Told twice under two names, it is the same change.
                Evidence::Changed(changed) if times.insert((changed.time, changed.state)) => signs.change(changed),
                Evidence::Seen(seen) => signs.see(seen),
                Evidence::Recorded(_) | Evidence::Changed(_) => {}
            }
        }
        signs.turns.sort_unstable();
        signs.turns.dedup();
        signs.points.sort_unstable();
        signs.points.dedup();
        signs
    }

    fn record(&mut self, Recorded { time, act, .. }: &Recorded) {
        use InstanceState::{Pending, Running, Stopped};
        let (time, source) = (*time, Source::Recorded);
        let turn = |direction, before, is_final| Turn { time, direction, source, before, is_final };
        match *act {
            Act::Launch => {
                self.created = self.created.into_iter().chain([time]).min();
                self.turns.push(turn(Direction::Start, Before::Off, false));
            }
            Act::Start(Stopped) => self.turns.push(turn(Direction::Start, Before::Off, false)),
            Act::Stop(Running | Pending) => self.turns.push(turn(Direction::End, Before::On, false)),
            Act::Terminate(Running | Pending) => self.turns.push(turn(Direction::End, Before::On, true)),
            Act::Evict => self.turns.push(turn(Direction::End, Before::OnAbout, false)),
            Act::Terminate(state) => self.points.push(Point { time, state, found_by: FoundBy::Termination }),
            Act::Start(state) | Act::Stop(state) => self.points.push(Point { time, state, found_by: FoundBy::Call }),
        }
    }

    fn change(&mut self, Changed { time, state, .. }: &Changed) {
        let time = *time;
        let (direction, source, before) = match state {
            InstanceState::Pending => {
                self.points.push(Point { time, state: *state, found_by: FoundBy::Change });
                return;
            }
            InstanceState::Running => (Direction::Start, Source::StateChange, Before::Off),
            InstanceState::Stopping | InstanceState::ShuttingDown => (Direction::End, Source::StateChange, Before::On),
            InstanceState::Stopped => (Direction::End, Source::Aftermath, Before::OnUnlessOver),
            InstanceState::Terminated => (Direction::End, Source::Aftermath, Before::Unknown),
        };
        self.turns.push(Turn { time, direction, source, before, is_final: state.is_final() });
    }

    fn see(&mut self, Seen { time, instance }: &Seen) {
        let Some(instance) = instance else {
            // One that was launched a moment ago may be missing as well.
            self.points.push(Point { time: *time, state: InstanceState::Stopped, found_by: FoundBy::Look });
            return;
        };
        let Described { state, launched, ended, created, hibernates } = instance;
        self.created = self.created.into_iter().chain(*created).min();
        if *hibernates == Hibernation::Configured {
            self.hibernates = Hibernation::Configured;
        }
        // What tells of later was not told then.
        if (*launched).max(*ended).is_some_and(|told| told > *time) {
            return;
        }
        self.points.push(Point { time: *time, state: *state, found_by: FoundBy::Look });
        let turn = |time: Second, direction, before, is_final| Turn {
            time,
            direction,
            source: Source::Described,
            before,
            is_final,
        };
        if let Some(launched) = *launched {
            self.turns.push(turn(launched, Direction::Start, Before::Off, false));
            self.without_start.push(Span { from: launched, to: *time });
        }
        let is_off = !matches!(state, InstanceState::Pending | InstanceState::Running);
        let ended = ended.filter(|ended| is_off && launched.is_none_or(|launched| launched <= *ended));
        if let Some(ended) = ended {
            // The reason of a terminated instance is that of its termination, which may have found it stopped.
            let before = if state.is_final() { Before::Unknown } else { Before::OnUnlessOver };
            self.turns.push(turn(ended, Direction::End, before, state.is_final()));
        }
    }
}
