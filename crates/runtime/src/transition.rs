use crate::second::Second;
use crate::signs::{Before, Direction, FoundBy, Point, Signs, Source, Turn};
use crate::state::InstanceState;

/// Signs of a turn that are so many seconds apart or less may tell of the same one.
pub(crate) const SAME_TURN: i64 = 15 * 60;
/// What tells of one thing, but is timed by when it was asked for or noticed, is no more seconds apart.
pub(crate) const SAME_MOMENT: i64 = 60;

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

    /// Whether only `DescribeInstances` tells of it.
    pub(crate) fn is_only_described(&self) -> bool {
        [Source::StateChange, Source::Recorded].into_iter().all(|source| self.times[source as usize].is_none())
    }

    /// Whether the turn may be this one: of a source that has not told of it yet, soon after the others, and not after it
    /// was over or a call found it undone. Of calls side by side, each finds what the first of them has not changed yet.
    fn may_be(&self, turn: &Turn) -> bool {
        let finds_it_undone = turn.source == Source::Recorded
            && turn.before != Before::OnAbout
            && turn.time.since(self.time()) > SAME_MOMENT;
        let is_told_anew = match self.times[turn.source as usize] {
            Some(told) => turn.source == Source::Recorded && turn.time.since(told) <= SAME_MOMENT,
            None => true,
        };
        self.direction == turn.direction
            && self.aftermath().is_none_or(|over| turn.time <= over)
            && is_told_anew
            && !finds_it_undone
            && turn.time.since(self.latest) <= SAME_TURN
    }

    /// Whether it is a start that the turn, that of a stop, is too soon after to be of another end than the one before.
    fn overtook(&self, turn: &Turn) -> bool {
        self.direction == Direction::Start
            && (turn.source, turn.is_final) == (Source::Aftermath, false)
            && self.times[Source::StateChange as usize].is_none()
            && turn.time.since(self.time()) <= SAME_MOMENT
    }

    /// Whether the point, soon after it, is as if it had not been.
    fn is_unknown_to(&self, point: &Point) -> bool {
        let is_as_before = match (self.direction, point.state) {
            (Direction::Start, InstanceState::Pending) => !self.is_approximate(),
            (Direction::Start, _) => !point.is_of_a_run(),
            (Direction::End, _) => point.is_of_a_run(),
        };
        is_as_before && (1..=SAME_MOMENT).contains(&point.time.since(self.time()))
    }

    fn join(&mut self, turn: &Turn) {
        self.times[turn.source as usize].get_or_insert(turn.time);
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
        let overtaken = transitions.iter().rev().take_while(|earlier| earlier.overtook(turn)).count();
        // Nothing that may be the same is further back, even if each sign is as late as can be.
        let near = |earlier: &&mut Transition| {
            earlier.direction == turn.direction && turn.time.since(earlier.latest) <= 3 * SAME_TURN
        };
        let since_opposite = transitions.iter_mut().rev().skip(overtaken).take_while(near);
        match since_opposite.into_iter().find(|earlier| earlier.may_be(turn)) {
            Some(transition) => transition.join(turn),
            // Whatever it is of, it is not of the start that came before it.
            None if overtaken > 0 => {}
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
        FoundBy::Change | FoundBy::Look => false,
        FoundBy::Call => point.state == InstanceState::Stopped,
        FoundBy::Termination => true,
    };
    let apart = point.time.since(transition.time()).abs();
    let is_the_same = match transition.before {
        Before::Unknown => point.found_by == FoundBy::Termination && apart <= SAME_TURN,
        Before::OnUnlessOver => transition.aftermath().is_none() && apart <= SAME_MOMENT,
        Before::Off | Before::OnAbout | Before::On => false,
    };
    found_off && transition.direction == Direction::End && is_the_same
}

/// The points that tell something: a look may be some seconds behind a turn, or be asked for right before an end and
/// answered after it.
pub(crate) fn up_to_date<'a>(points: &'a [Point], transitions: &[Transition]) -> Vec<&'a Point> {
    let is_up_to_date = |point: &&Point| {
        let after = transitions.partition_point(|transition| transition.time() <= point.time);
        let is_behind = transitions[..after].last().is_some_and(|before| before.is_unknown_to(point));
        let is_ahead = transitions.get(after).is_some_and(|next| {
            next.direction == Direction::End && !point.is_of_a_run() && next.time().since(point.time) <= SAME_MOMENT
        });
        point.found_by != FoundBy::Look || !is_behind && !is_ahead
    };
    points.iter().filter(is_up_to_date).collect()
}
