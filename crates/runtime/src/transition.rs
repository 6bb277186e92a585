use crate::second::Second;
use crate::signs::{Before, Direction, FoundBy, Point, Signs, Source, Turn};
use crate::state::InstanceState;

/// Signs of a turn that are so many seconds apart or less may tell of the same one.
pub(crate) const SAME_TURN: i64 = 15 * 60;
/// What follows from a call and is timed by it is no more seconds apart from it.
const SAME_CALL: i64 = 60;

/// That it began or ceased to run, by all signs of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transition {
    pub(crate) direction: Direction,
    pub(crate) before: Before,
    pub(crate) is_final: bool,
    /// The time that each source gives, the best source first.
    times: [Option<Second>; 4],
    latest: Second,
}

impl Transition {
    fn of(turn: Turn) -> Self {
        let mut times = [None; 4];
        times[turn.source as usize] = Some(turn.time);
        let Turn { time: latest, direction, before, is_final, .. } = turn;
        Self { direction, before, is_final, times, latest }
    }

    /// When, by the best source.
    pub(crate) fn time(&self) -> Second {
        self.times.into_iter().flatten().next().unwrap_or(self.latest)
    }

    /// Whether its time may be wrong by what an instance spends pending or stopping.
    pub(crate) fn is_approximate(&self) -> bool {
        self.times[Source::StateChange as usize].is_none()
    }

    /// When it had stopped, after it was about to.
    pub(crate) fn aftermath(&self) -> Option<Second> {
        self.times[Source::Aftermath as usize]
    }

    /// Whether the turn may be this one: of a source that has not told of it yet, soon after the others, and not after it
    /// was over.
    fn may_be(&self, turn: &Turn) -> bool {
        self.direction == turn.direction
            && self.aftermath().is_none_or(|over| turn.time <= over)
            && self.times[turn.source as usize].is_none()
            && turn.time.since(self.latest) <= SAME_TURN
    }

    fn join(&mut self, turn: &Turn) {
        self.times[turn.source as usize] = Some(turn.time);
        self.before = self.before.max(turn.before);
        self.is_final |= turn.is_final;
        self.latest = self.latest.max(turn.time);
    }
}

/// The transitions that the turns tell of, in order of time: signs of the same direction that are close to each other, of
/// different sources, and with no opposite one between, are of one.
pub(crate) fn paired(signs: &Signs) -> Vec<Transition> {
    let mut transitions: Vec<Transition> = Vec::new();
    for turn in &signs.turns {
        // Nothing that may be the same is further back, even if each sign is as late as can be.
        let near = |earlier: &&mut Transition| {
            earlier.direction == turn.direction && turn.time.since(earlier.latest) <= 3 * SAME_TURN
        };
        let since_opposite = transitions.iter_mut().rev().take_while(near);
        match since_opposite.into_iter().find(|earlier| earlier.may_be(turn)) {
            Some(transition) => transition.join(turn),
            None => transitions.push(Transition::of(*turn)),
        }
    }
    transitions.retain(|transition| !signs.points.iter().any(|point| tells_more(point, transition)));
    transitions.sort_by_key(Transition::time);
    transitions
}

/// Whether a recorded call found it off, so that what looks like an end is none: of whatever a termination left behind, or
/// of a time that is the call's own.
fn tells_more(point: &Point, transition: &Transition) -> bool {
    let found_off = match point.found_by {
        FoundBy::Look => false,
        FoundBy::Call => point.state == InstanceState::Stopped,
        FoundBy::Termination => true,
    };
    let apart = point.time.since(transition.time()).abs();
    let is_the_same = match transition.before {
        Before::Unknown => point.found_by == FoundBy::Termination && apart <= SAME_TURN,
        Before::Ran => transition.aftermath().is_none() && apart <= SAME_CALL,
        Before::Off | Before::On => false,
    };
    found_off && transition.direction == Direction::End && is_the_same
}
