//! What a few pieces of evidence say together, where one is late, doubled or behind another.

use larder_runtime::{
    Act, Changed, Coverage, Described, Evidence, InstanceState, Recorded, Second, Seen, Span, Totals, timeline,
};

use InstanceState::{Pending, Running, Stopped, Stopping, Terminated};

const HOUR: i64 = 3_600;

fn second(seconds: i64) -> Second {
    Second::of_unix(1_762_000_000 + seconds)
}

/// A call, or an interruption: each has a name of its own.
fn call(time: i64, act: Act) -> Evidence {
    Evidence::Recorded(Recorded { time: second(time), act, event_id: format!("{time} {act:?}") })
}

fn change(time: i64, state: InstanceState) -> Evidence {
    Evidence::Changed(Changed { time: second(time), state, event_id: format!("{time} {state:?}") })
}

fn look(time: i64, state: InstanceState, launched: i64) -> Evidence {
    let instance = Described { launched: Some(second(launched)), ..Described::of(state) };
    Evidence::Seen(Seen { time: second(time), instance: Some(instance) })
}

fn gone(time: i64) -> Evidence {
    Evidence::Seen(Seen { time: second(time), instance: None })
}

fn span(from: i64, to: i64) -> Span {
    Span { from: second(from), to: second(to) }
}

/// What it comes to in ten hours, which CloudTrail covers, and the one before.
fn totals(evidence: &[Evidence]) -> Totals {
    timeline(evidence, &Coverage::of(span(-HOUR, 10 * HOUR))).totals(&span(0, 10 * HOUR))
}

/// The least and the most that it ran.
fn bounds(evidence: &[Evidence]) -> (i64, i64) {
    let Totals { lower, upper, .. } = totals(evidence);
    (lower, upper)
}

#[test]
fn a_look_that_is_behind_a_turn_tells_nothing() {
    let before = call(-HOUR / 2, Act::Stop(Running));
    let run =
        [before, call(HOUR, Act::Start(Stopped)), call(3 * HOUR, Act::Stop(Running)), look(9 * HOUR, Stopped, HOUR)];
    let with = |look| bounds(&[&run[..], &[look]].concat());
    let exact = (2 * HOUR, 2 * HOUR);
    assert_eq!(with(look(HOUR + 60, Stopped, -HOUR)), exact, "behind the start");
    assert_eq!(with(gone(HOUR + 5)), exact, "not there yet");
    assert_eq!(with(look(3 * HOUR + 60, Running, HOUR)), exact, "behind the end");
    assert_eq!(with(look(3 * HOUR - 60, Stopping, HOUR)), exact, "asked before the end, and answered after it");
    assert_eq!(with(look(HOUR + 61, Stopped, HOUR)), (0, 2 * HOUR), "it had shut itself down");
    let ended =
        [call(HOUR, Act::Start(Stopped)), look(2 * HOUR, Stopped, HOUR), call(2 * HOUR + 30, Act::Start(Stopped))];
    let again = [call(3 * HOUR, Act::Stop(Running)), look(9 * HOUR, Stopped, 2 * HOUR + 30)];
    assert_eq!(bounds(&[&ended[..], &again].concat()), (HOUR - 30, 2 * HOUR - 30), "right before a start it was off");
}

#[test]
fn what_eventbridge_tells_of_a_moment_is_never_behind() {
    let boots = [call(0, Act::Start(Stopped)), change(40, Pending), call(HOUR, Act::Stop(Running))];
    assert_eq!(bounds(&[&boots[..], &[look(9 * HOUR, Stopped, 0)]].concat()), (HOUR - 40, HOUR - 40));
    let again =
        [call(0, Act::Launch), change(600, Pending), call(600, Act::Start(Stopped)), call(HOUR, Act::Stop(Running))];
    assert_eq!(bounds(&[&again[..], &[look(9 * HOUR, Stopped, 600)]].concat()), (HOUR - 600, HOUR));
}

#[test]
fn calls_side_by_side_are_one_turn() {
    let starts = [call(HOUR, Act::Start(Stopped)), call(HOUR + 1, Act::Start(Stopped))];
    let stops = [call(2 * HOUR, Act::Stop(Running)), call(2 * HOUR + 1, Act::Stop(Running))];
    let evidence = [&starts[..], &stops, &[look(9 * HOUR, Stopped, HOUR)]].concat();
    assert_eq!(bounds(&evidence), (HOUR, HOUR));
    assert_eq!(totals(&evidence).approximate_endpoints, 2);
    let later =
        [call(HOUR, Act::Start(Stopped)), call(2 * HOUR, Act::Stop(Running)), call(2 * HOUR + 61, Act::Stop(Running))];
    assert_eq!(bounds(&[&later[..], &[gone(9 * HOUR)]].concat()), (HOUR, HOUR + 61), "a start is missing between");
}

#[test]
fn that_it_had_stopped_is_of_the_end_before_a_start_that_came_sooner() {
    let stop = [call(0, Act::Start(Stopped)), call(HOUR, Act::Stop(Running))];
    let again =
        [call(HOUR + 65, Act::Start(Stopped)), look(2 * HOUR, Running, HOUR + 65), call(3 * HOUR, Act::Stop(Running))];
    let evidence = [&stop[..], &again, &[gone(9 * HOUR)]].concat();
    let exact = 3 * HOUR - 65;
    let with = |change| bounds(&[&evidence[..], &[change]].concat());
    assert_eq!(with(change(HOUR + 70, Stopped)), (exact, exact));
    // It shut itself down.
    let by_itself = [&evidence[..1], &again, &[gone(9 * HOUR), change(HOUR + 70, Stopped)]].concat();
    assert_eq!(bounds(&by_itself), (2 * HOUR - 65, 3 * HOUR), "when it ended is not known");
    let crash = [call(0, Act::Start(Stopped)), change(10, Running), change(50, Stopped), look(9 * HOUR, Stopped, 0)];
    assert_eq!(bounds(&crash), (40, 40), "it had run before");
    let failed = [call(0, Act::Launch), change(20, Terminated), gone(9 * HOUR)];
    assert_eq!(bounds(&failed), (20, 20), "what is terminated is never started after it");
}

#[test]
fn the_strongest_that_is_told_of_the_time_before_a_turn_counts() {
    // The reason of a terminated instance alone would leave open whether it ran at all.
    let described = Described { ended: Some(second(HOUR)), launched: None, ..Described::of(Terminated) };
    let look = Evidence::Seen(Seen { time: second(2 * HOUR), instance: Some(described) });
    assert_eq!(bounds(std::slice::from_ref(&look)), (0, HOUR));
    for act in [Act::Terminate(Running), Act::Evict] {
        for call_comes in [HOUR - 3, HOUR, HOUR + 3] {
            assert_eq!(bounds(&[look.clone(), call(call_comes, act)]), (call_comes, call_comes), "{act:?}");
        }
    }
}

#[test]
fn what_a_call_finds_undone_was_done_and_undone() {
    let evidence =
        [look(-60, Running, -HOUR), change(HOUR, Stopping), call(HOUR + 600, Act::Stop(Running)), gone(9 * HOUR)];
    let with_gap = |gap: Span| {
        let mut covered = Coverage::of(span(-HOUR, 10 * HOUR));
        covered.remove(gap);
        let Totals { lower, upper, .. } = timeline(&evidence, &covered).totals(&span(0, 10 * HOUR));
        (lower, upper)
    };
    assert_eq!(with_gap(span(HOUR + 100, HOUR + 200)), (HOUR + 400, HOUR + 500), "it was started in the gap");
    assert_eq!(with_gap(span(0, 0)), (HOUR, HOUR + 600), "or anywhere");
    let spot = [call(0, Act::Launch), change(HOUR, Stopping), call(HOUR + 600, Act::Evict), gone(9 * HOUR)];
    assert_eq!(bounds(&spot), (HOUR, HOUR), "an interruption is not told to the second");
}

#[test]
fn what_ec2_starts_by_itself_is_told_by_launch_time() {
    let spot = [call(0, Act::Launch), call(HOUR, Act::Evict)];
    let seen = [look(4 * HOUR, Running, 3 * HOUR), call(5 * HOUR, Act::Evict), gone(9 * HOUR)];
    assert_eq!(bounds(&[&spot[..], &seen].concat()), (3 * HOUR, 3 * HOUR));
    let unseen_end = [
        call(0, Act::Launch),
        look(HOUR, Running, 0),
        look(4 * HOUR, Running, 3 * HOUR),
        look(10 * HOUR, Running, 3 * HOUR),
    ];
    assert_eq!(bounds(&unseen_end), (8 * HOUR, 10 * HOUR), "it ended between the look and its new start");
    assert_eq!(bounds(&unseen_end[2..]), (7 * HOUR, 10 * HOUR), "who starts it by no call may have stopped it by none");
}

#[test]
fn who_was_there_before_the_first_start_may_have_run_and_shut_itself_down() {
    let run = [call(2 * HOUR, Act::Start(Stopped)), call(3 * HOUR, Act::Stop(Running))];
    let created = |at| {
        let instance =
            Described { created: Some(second(at)), launched: Some(second(2 * HOUR)), ..Described::of(Stopped) };
        bounds(&[&run[..], &[Evidence::Seen(Seen { time: second(9 * HOUR), instance: Some(instance) })]].concat())
    };
    assert_eq!(created(-9 * HOUR), (HOUR, 3 * HOUR));
    assert_eq!(created(HOUR), (HOUR, 2 * HOUR));
    assert_eq!(created(2 * HOUR - 30), (HOUR, HOUR), "it was launched");
    assert_eq!(bounds(&run), (HOUR, HOUR), "nothing tells that it was there");
}

#[test]
fn what_ends_twice_was_started_between() {
    let spot = [call(0, Act::Launch), call(HOUR, Act::Evict), look(2 * HOUR, Stopped, 0)];
    assert_eq!(bounds(&[&spot[..], &[call(5 * HOUR, Act::Evict), gone(9 * HOUR)]].concat()), (HOUR, 4 * HOUR));
    let at_once = [call(0, Act::Launch), call(HOUR, Act::Evict), call(HOUR + 600, Act::Evict), gone(9 * HOUR)];
    assert_eq!(bounds(&at_once), (HOUR, HOUR + 600));
    let stopped = change(5 * HOUR, Stopped);
    assert_eq!(bounds(&[&spot[..], &[stopped.clone(), gone(9 * HOUR)]].concat()), (HOUR, 4 * HOUR));
    let slow = [&spot[..], &[stopped, look(9 * HOUR, Stopped, 0)]].concat();
    assert_eq!(bounds(&slow), (HOUR, HOUR), "by LaunchTime it was not: it took that long to stop");
}
