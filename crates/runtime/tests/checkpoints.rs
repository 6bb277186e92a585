//! What a checkpoint holds, and what it does not.

use larder_runtime::{
    Act, Changed, Checkpoint, Coverage, Described, Evidence, InstanceState, Recorded, Second, Seen, Span, Totals,
};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Seconds after the beginning of a day.
fn second(seconds: i64) -> Second {
    Second::of_unix(1_762_041_600 + seconds)
}

fn span(from: i64, to: i64) -> Span {
    Span { from: second(from), to: second(to) }
}

fn look(time: i64) -> Evidence {
    let instance = Described { launched: Some(second(-9 * DAY)), ..Described::of(InstanceState::Running) };
    Evidence::Seen(Seen { time: second(time), instance: Some(instance) })
}

fn change(time: i64) -> Evidence {
    Evidence::Changed(Changed { time: second(time), state: InstanceState::Stopping, event_id: time.to_string() })
}

/// Of one that runs all the time and is looked at after two days, with the days from `from` on.
fn checkpoint(recorded: &Coverage, from: i64) -> Option<Checkpoint> {
    Checkpoint::new(None, &[look(2 * DAY)], recorded, second(from), second(3 * DAY))
}

#[test]
fn no_checkpoint_has_a_gap_in_its_days() {
    let mut recorded = Coverage::of(span(-DAY, 2 * DAY));
    assert_eq!(checkpoint(&recorded, 0).expect("covered").until(), second(2 * DAY));
    recorded.remove(span(HOUR, 2 * HOUR));
    assert_eq!(checkpoint(&recorded, 0), None, "what is read there later would make a difference");
    assert!(checkpoint(&recorded, 2 * HOUR).is_some(), "it has nothing of what was before");
}

#[test]
fn of_days_that_were_not_asked_for_it_says_that_it_does_not_know() {
    let held = checkpoint(&Coverage::of(span(-2 * DAY, 2 * DAY)), DAY / 2).expect("covered");
    let bounds = |from, to| {
        let Totals { lower, upper, .. } = held.totals(&span(from, to));
        (lower, upper)
    };
    assert_eq!(bounds(DAY, 2 * DAY), (DAY, DAY));
    assert_eq!(bounds(-DAY, 0), (0, DAY));
    assert_eq!(bounds(-DAY, 2 * DAY), (DAY * 3 / 2, 3 * DAY));
    assert_eq!(bounds(2 * DAY, 3 * DAY), (0, 0), "that is in the timeline after it");
    let later = [look(2 * DAY + HOUR)];
    let next = Checkpoint::new(Some(&held), &later, &Coverage::of(span(-2 * DAY, 3 * DAY)), second(0), second(3 * DAY));
    assert_eq!(next.expect("covered").totals(&span(0, DAY)).upper, DAY, "it learns nothing of earlier days");
}

#[test]
fn what_tells_of_its_time_disturbs_it_and_what_it_was_told_again_does_not() {
    let held = checkpoint(&Coverage::of(span(-2 * DAY, 2 * DAY)), 0).expect("covered");
    let until = 2 * DAY;
    assert!(held.is_disturbed_by(&change(until)));
    assert!(held.is_disturbed_by(&change(until + 60)), "the look may have been behind");
    assert!(!held.is_disturbed_by(&change(until + 61)));
    assert!(!held.is_disturbed_by(&look(until + HOUR)));
    let act = Act::Stop(InstanceState::Running);
    let late = Evidence::Recorded(Recorded { time: second(HOUR), act, event_id: "late".to_owned() });
    assert!(held.is_disturbed_by(&late));
}
