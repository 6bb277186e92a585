use crate::coverage::Coverage;
use crate::evidence::Evidence;
use crate::machine::{Machine, Step};
use crate::ranges::Ranges;
use crate::second::Second;
use crate::signs::Signs;
use crate::timeline::Timeline;
use crate::transition::{paired, up_to_date};

/// When an instance ran, by all evidence of it and by where CloudTrail was read completely.
///
/// The order of the evidence makes no difference, nor how often a piece of it is there.
#[must_use]
pub fn timeline<'a>(evidence: impl IntoIterator<Item = &'a Evidence>, recorded: &Coverage) -> Timeline {
    let signs = Signs::of(evidence);
    timeline_since(Machine::new(signs.created, signs.hibernates), &signs, recorded)
}

/// What comes after all that a machine has taken, for ever.
pub(crate) fn timeline_since(mut machine: Machine, signs: &Signs, recorded: &Coverage) -> Timeline {
    let ranges = Ranges::new(recorded, signs);
    let mut timeline = fold(&mut machine, signs, &ranges);
    machine.finish(&ranges, &mut timeline);
    timeline
}

/// Lets the machine take all steps in order of time.
pub(crate) fn fold(machine: &mut Machine, signs: &Signs, ranges: &Ranges<'_>) -> Timeline {
    let mut timeline = Timeline::default();
    let transitions = paired(signs);
    let points = up_to_date(&signs.points, &transitions).into_iter();
    // At the same second a look that fits is before a turn that does.
    let mut steps: Vec<(Second, Step<'_>)> = points.map(|point| (point.time, Step::Point(point))).collect();
    steps.extend(transitions.iter().map(|transition| (transition.time(), Step::Transition(transition))));
    steps.sort_by_key(|(time, _)| *time);
    for next in 0..steps.len() {
        let time = steps[next].0;
        let same = steps[next..].iter().take_while(|(other, _)| *other == time);
        let fitting = same.enumerate().find(|(_, (_, step))| machine.agrees_with(step)).map_or(0, |(index, _)| index);
        steps[next..=next + fitting].rotate_right(1);
        machine.take(&steps[next].1, ranges, &mut timeline);
    }
    timeline
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
