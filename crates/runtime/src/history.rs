use crate::coverage::Coverage;
use crate::evidence::Evidence;
use crate::machine::{Machine, Ranges, Step};
use crate::second::Second;
use crate::signs::{Point, Signs};
use crate::timeline::Timeline;
use crate::transition::{Transition, paired};

/// When an instance ran, by all evidence of it and by where CloudTrail was read completely.
///
/// The order of the evidence makes no difference, nor how often a piece of it is there.
#[must_use]
pub fn timeline<'a>(evidence: impl IntoIterator<Item = &'a Evidence>, recorded: &Coverage) -> Timeline {
    let signs = Signs::of(evidence);
    let starts = known_starts(recorded, &signs);
    let ranges = Ranges { recorded, starts: &starts };
    let mut timeline = Timeline::default();
    let mut machine = Machine::new(signs.created, signs.hibernates);
    fold(&mut machine, &paired(&signs), &signs.points, &ranges, &mut timeline);
    machine.finish(&ranges, &mut timeline);
    timeline
}

/// `LaunchTime` is that of the last start: until it was told there was none after it.
pub(crate) fn known_starts(recorded: &Coverage, signs: &Signs) -> Coverage {
    let mut known = recorded.clone();
    signs.unstarted.iter().for_each(|span| known.add(*span));
    known
}

/// Lets the machine take all steps in order of time.
pub(crate) fn fold(
    machine: &mut Machine,
    transitions: &[Transition],
    points: &[Point],
    ranges: &Ranges<'_>,
    timeline: &mut Timeline,
) {
    // At the same second a look that fits is before a turn that does.
    let mut steps: Vec<(Second, Step<'_>)> = points.iter().map(|point| (point.time, Step::Point(point))).collect();
    steps.extend(transitions.iter().map(|transition| (transition.time(), Step::Transition(transition))));
    steps.sort_by_key(|(time, _)| *time);
    for next in 0..steps.len() {
        let time = steps[next].0;
        let same = steps[next..].iter().take_while(|(other, _)| *other == time);
        let fitting = same.enumerate().find(|(_, (_, step))| machine.agrees_with(step)).map_or(0, |(index, _)| index);
        steps[next..=next + fitting].rotate_right(1);
        machine.take(&steps[next].1, ranges, timeline);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Act, Described, Recorded, Seen};
    use crate::second::Span;
    use crate::state::InstanceState::{Running, Stopped};

    #[test]
    fn of_two_signs_at_the_same_second_the_one_that_fits_comes_first() {
        let second = Second::of_unix;
        let recorded =
            |time, act, id: &str| Evidence::Recorded(Recorded { time: second(time), act, event_id: id.to_owned() });
        let seen = |time, state| Evidence::Seen(Seen { time: second(time), instance: Some(Described::of(state)) });
        let evidence = [
            seen(50, Stopped),
            recorded(100, Act::Start(Stopped), "a"),
            seen(100, Stopped),
            recorded(400, Act::Stop(Running), "b"),
            seen(400, Running),
        ];
        let span = Span { from: second(50), to: second(1_000) };
        let totals = timeline(&evidence, &Coverage::of(span)).totals(&span);
        assert_eq!((totals.lower, totals.upper), (300, 300));
    }
}
