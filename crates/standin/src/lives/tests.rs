use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use serde_json::Value;

use super::*;

const DAY: i64 = 86_400;

fn lives(seed: u64) -> (Fleet, Lives) {
    let fleet = Fleet::generate(1);
    let lives = Lives::generate(seed, &fleet, &ServerCounts::default());
    (fleet, lives)
}

fn days(from: &str, days: i64) -> Range<Timestamp> {
    let from: Timestamp = from.parse().expect("a moment");
    from..moment(second(from) + days * DAY)
}

/// A span in each of many timelines: most seeds have another one.
fn samples() -> impl Iterator<Item = (Fleet, Lives, Range<Timestamp>)> {
    let spans = ["2021-02-25T00:00:00Z", "2025-11-01T00:00:00Z", "2026-12-31T12:34:56Z", "2043-06-01T00:00:00Z"];
    (0..12).map(move |seed| {
        let (fleet, lives) = lives(seed);
        (fleet, lives, days(spans[usize::try_from(seed).expect("small") % spans.len()], 20))
    })
}

fn all_records(fleet: &Fleet, lives: &Lives, span: &Range<Timestamp>) -> Vec<Record> {
    let places = fleet.accounts().iter().flat_map(|account| fleet.regions().iter().map(move |it| (account.id(), *it)));
    places.flat_map(|(account, region)| lives.records(account, region, span)).collect()
}

fn items(document: &Value) -> impl Iterator<Item = &Value> {
    document["responseElements"]["instancesSet"]["items"].as_array().into_iter().flatten()
}

#[test]
fn a_state_follows_only_what_aws_lets_it_follow() {
    use InstanceState::{Pending, Running, ShuttingDown, Stopped, Stopping, Terminated};
    for (_, lives, span) in samples() {
        for life in lives.during(&span) {
            assert_eq!(life.transitions[0].state, Pending);
            assert_eq!(life.transitions[0].time, life.created);
            for pair in life.transitions.windows(2) {
                let took = second(pair[1].time) - second(pair[0].time);
                let allowed = match (pair[0].state, pair[1].state) {
                    (Pending, Running) => (5..=90).contains(&took),
                    (Stopping, Stopped) => (1..=180).contains(&took),
                    (ShuttingDown, Terminated) => (2..=40).contains(&took),
                    (Running, Stopping | ShuttingDown) | (Stopped, Pending | Terminated) => took > 0,
                    (Pending, ShuttingDown) => (1..90).contains(&took),
                    (Stopping, ShuttingDown) => (1..180).contains(&took),
                    _ => false,
                };
                assert!(allowed, "{}: {pair:?}", life.id);
            }
            let last = life.transitions.last().expect("one at least");
            let kept = life.gone.map(|gone| second(gone) - second(last.time));
            assert_eq!(kept.is_some(), last.state == Terminated, "{}", life.id);
            assert!(kept.is_none_or(|seconds| (600..3_600).contains(&seconds)), "{}", life.id);
        }
    }
}

#[test]
fn a_call_tells_the_states_before_and_after_it() {
    let mut told = 0;
    for (fleet, lives, span) in samples() {
        for record in all_records(&fleet, &lives, &span) {
            let document = record.document();
            for item in items(&document).filter(|item| item.get("previousState").is_some()) {
                let life = lives.find(item["instanceId"].as_str().expect("an id")).expect("it lives");
                let before = life.state_at(moment(second(record.time) - 1)).expect("it was there");
                assert_eq!(item["previousState"]["name"], before.as_str(), "{document}");
                let after = life.state_at(record.time).expect("it is there");
                assert_eq!(item["currentState"]["name"], after.as_str(), "{document}");
                told += 1;
            }
        }
    }
    assert!(told > 10_000, "{told}");
}

#[test]
fn every_transition_that_was_called_for_is_recorded_and_no_other() {
    for (_, lives, span) in samples().take(4) {
        for life in lives.during(&span) {
            let names = |name: Option<&'static str>, time| name.map(|name| (name, time));
            let whole = life.created..life.gone.unwrap_or(span.end).min(span.end);
            let inside = life.transitions.iter().filter(|it| whole.contains(&it.time));
            let called = inside.filter_map(|it| {
                let name = match it.cause {
                    Cause::Launch => Some("RunInstances"),
                    Cause::Start => Some("StartInstances"),
                    Cause::Stop | Cause::Hibernate => Some("StopInstances"),
                    Cause::Terminate => Some("TerminateInstances"),
                    Cause::SpotInterruption => Some("BidEvictedEvent"),
                    Cause::OsShutdown | Cause::Progress => None,
                };
                names(name, it.time)
            });
            let effective = |record: &Record| {
                let document = record.document();
                let refused = document.get("errorCode").is_some();
                let same = items(&document).any(|item| {
                    item["instanceId"] == life.id.as_str()
                        && item.get("previousState").is_some()
                        && item["previousState"] == item["currentState"]
                });
                !refused && !same && record.name != "RebootInstances" && whole.contains(&record.time)
            };
            let records = lives.records_of(&life, &whole);
            let recorded: Vec<_> = records.iter().filter(|it| effective(it)).map(|it| (it.name, it.time)).collect();
            assert_eq!(recorded, called.collect::<Vec<_>>(), "{}", life.id);
        }
    }
}

#[test]
fn running_seconds_are_the_seconds_in_state_running() {
    let (_, lives) = lives(3);
    let span = days("2025-11-03T05:00:00Z", 1);
    let mut total = 0;
    for life in lives.during(&span) {
        let counted = (second(span.start)..second(span.end))
            .filter(|at| life.state_at(moment(*at)) == Some(InstanceState::Running))
            .count();
        assert_eq!(life.running_seconds(&span), i64::try_from(counted).expect("few"), "{}", life.id);
        total += counted;
    }
    assert!(total > 100_000, "{total}");
}

#[test]
fn a_life_is_the_same_whatever_was_asked_before() {
    let (fleet, whole) = lives(5);
    let month = days("2025-11-01T00:00:00Z", 30);
    let all: BTreeMap<String, Arc<Life>> =
        whole.during(&month).into_iter().map(|life| (life.id.clone(), life)).collect();
    let (_, fresh) = lives(5);
    for (id, life) in &all {
        let found = fresh.find(id).expect("it is found by its id alone");
        assert_eq!((&found.transitions, found.gone), (&life.transitions, life.gone));
    }
    let account = fleet.accounts()[0].id();
    let ids = |lives: &Lives, span: &Range<Timestamp>| -> Vec<String> {
        lives.records(account, "us-east-1", span).iter().map(Record::event_id).collect()
    };
    let (_, slices) = lives(5);
    let first = month.start..month.start + (10 * 24).hours();
    let rest = moment(second(first.end) + 1)..month.end;
    assert_eq!([ids(&slices, &rest), ids(&slices, &first)].map(|it| it.len()).iter().sum::<usize>(), {
        let all = ids(&whole, &month);
        assert_eq!(all.len(), all.iter().collect::<BTreeSet<_>>().len(), "no id is twice");
        all.len()
    });
    assert_ne!(ids(&lives(6).1, &month), ids(&whole, &month));
}

#[test]
fn everything_that_can_happen_does_in_a_month() {
    let (fleet, lives) = lives(1);
    let span = days("2025-11-01T00:00:00Z", 30);
    let records: Vec<Value> = all_records(&fleet, &lives, &span).iter().map(Record::document).collect();
    let text = |it: &Value, key: &str| it[key].as_str().map(str::to_owned);
    let names: BTreeSet<String> = records.iter().filter_map(|it| text(it, "eventName")).collect();
    for name in ["RunInstances", "StartInstances", "StopInstances", "TerminateInstances", "RebootInstances"] {
        assert!(names.contains(name), "{name}");
    }
    assert!(names.contains("BidEvictedEvent") && names.contains("DescribeInstances"));
    let codes: BTreeSet<String> = records.iter().filter_map(|it| text(it, "errorCode")).collect();
    for code in ["DryRunOperation", "UnauthorizedOperation", "IncorrectInstanceState", "VcpuLimitExceeded"] {
        assert!(codes.contains(&format!("Client.{code}")), "{code} in {codes:?}");
    }
    let found: BTreeSet<String> = lives
        .during(&span)
        .iter()
        .flat_map(|life| life.transitions.iter().map(|it| format!("{:?}", it.cause)).collect::<Vec<_>>())
        .collect();
    assert_eq!(found.len(), 8, "{found:?}");
    let changes: Vec<(usize, BTreeSet<&str>)> = records
        .iter()
        .map(|it| {
            let states = items(it).filter_map(|item| item["previousState"]["name"].as_str());
            (items(it).count(), states.collect())
        })
        .collect();
    assert!(changes.iter().any(|(count, states)| *count > 1 && states.len() > 1), "running and stopped in one call");
    assert!(records.iter().any(|it| it["eventName"] == "TerminateInstances"
        && items(it).any(|item| item["previousState"]["name"] == "stopped")));
    assert!(records.iter().any(|it| it["userIdentity"]["invokedBy"] == "autoscaling.amazonaws.com"));
    let tagged = lives.during(&span).iter().filter(|life| life.tag(APP_TAG.0) == Some(APP_TAG.1)).count();
    assert!(tagged > 60 && tagged < lives.during(&span).len(), "{tagged}");
}

#[test]
fn what_is_described_follows_the_life() {
    let (_, lives) = lives(2);
    let span = days("2025-11-01T00:00:00Z", 30);
    let mut reasons = BTreeSet::new();
    for life in lives.during(&span) {
        for transition in &life.transitions {
            let described = life.described_at(transition.time).expect("it is there");
            assert_eq!(described.state, transition.state);
            let mut starts = life.transitions.iter().filter(|it| it.state == InstanceState::Pending);
            let last = starts.rfind(|it| it.time <= transition.time).expect("it was launched");
            assert_eq!(described.launch_time, last.time);
            let on = matches!(transition.state, InstanceState::Pending | InstanceState::Running);
            assert_eq!(described.state_reason.is_none(), on);
            if matches!(transition.cause, Cause::Stop | Cause::Terminate) {
                let time = transition.time.strftime("%Y-%m-%d %H:%M:%S");
                assert_eq!(described.state_transition_reason, format!("User initiated ({time} GMT)"));
            }
            reasons.extend(described.state_reason.map(|(code, _)| code));
        }
        assert!(life.described_at(moment(second(life.created) - 1)).is_none());
        assert!(life.gone.is_none_or(|gone| life.described_at(gone).is_none()));
    }
    assert_eq!(reasons.len(), 4, "{reasons:?}");
}

/// How the notifications of a span compare with what happened in it: how many there are, of how many different events,
/// how many come after one that happened later, and how many are an hour late.
fn notified(delivery: Delivery) -> [usize; 4] {
    let (_, lives) = lives(4);
    let told = lives.notifications(&days("2025-11-01T00:00:00Z", 10), &delivery);
    let ids: BTreeSet<String> = told.iter().map(Notification::id).collect();
    let behind = told.windows(2).filter(|pair| pair[0].transition.time > pair[1].transition.time);
    let late = told.iter().filter(|it| second(it.arrives) - second(it.transition.time) > 3_600);
    assert!(told.iter().all(|it| it.arrives > it.transition.time));
    assert!(told.is_sorted_by_key(|it| it.arrives));
    [told.len(), ids.len(), behind.count(), late.count()]
}

#[test]
fn notifications_are_late_doubled_lost_and_out_of_order_by_choice() {
    let [all, different, _, late] = notified(Delivery::default());
    assert!(all > 1_000 && all == different && late == 0, "{all} {different} {late}");
    let [told, ids, ..] = notified(Delivery { doubled: 50, ..Delivery::default() });
    assert!(told > ids + all / 3 && ids >= all - 10, "{told} {ids} of {all}");
    let [told, ids, ..] = notified(Delivery { lost: 50, ..Delivery::default() });
    assert!(told == ids && (all / 3..all * 2 / 3).contains(&told), "{told} {ids} of {all}");
    assert_eq!(notified(Delivery { lost: 100, ..Delivery::default() })[0], 0);
    let [.., behind, _] = notified(Delivery { out_of_order: 50, ..Delivery::default() });
    assert!(behind > all / 10, "{behind} of {all}");
    assert!(notified(Delivery { late: 50, ..Delivery::default() })[3] > all / 10);
}

#[test]
fn a_notification_has_eventbridges_form() {
    let (_, lives) = lives(4);
    let told = lives.notifications(&days("2025-11-01T00:00:00Z", 1), &Delivery::default());
    let first = told.first().expect("something happens in a day");
    let document = first.document();
    assert_eq!(document["detail-type"], "EC2 Instance State-change Notification");
    assert_eq!(document["detail"]["instance-id"], first.life.id.as_str());
    assert_eq!(document["time"], first.transition.time.to_string());
    let members: BTreeSet<&str> = document.as_object().expect("an object").keys().map(String::as_str).collect();
    let expected = ["account", "detail", "detail-type", "id", "region", "resources", "source", "time", "version"];
    assert_eq!(members, BTreeSet::from(expected));
}
