use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use larder_standin::{Config, Delivery, LookupRate, Record};
use serde_json::{Value, json};

use crate::ask::Asker;

/// Inputs that are refused, each with the code.
pub(crate) const REFUSED: [(&str, &str); 9] = [
    (r#"{ "MaxResults": 0 }"#, "InvalidMaxResultsException"),
    (r#"{ "MaxResults": 51 }"#, "InvalidMaxResultsException"),
    (r#"{ "NextToken": "garbage" }"#, "InvalidNextTokenException"),
    (r#"{ "NextToken": "AAAA.AAAA" }"#, "InvalidNextTokenException"),
    (r#"{ "StartTime": 1700000001, "EndTime": 1700000000 }"#, "InvalidTimeRangeException"),
    (r#"{ "StartTime": 1600000000, "EndTime": 1600000001 }"#, "InvalidTimeRangeException"),
    (r#"{ "EventCategory": "data" }"#, "InvalidEventCategoryException"),
    (
        r#"{ "LookupAttributes": [{ "AttributeKey": "EventName", "AttributeValue": "" }] }"#,
        "InvalidLookupAttributesException",
    ),
    (
        r#"{ "LookupAttributes": [
            { "AttributeKey": "EventName", "AttributeValue": "RunInstances" },
            { "AttributeKey": "ReadOnly", "AttributeValue": "false" }
        ] }"#,
        "InvalidLookupAttributesException",
    ),
];

fn by(key: &str, value: &str) -> Value {
    json!({ "LookupAttributes": [{ "AttributeKey": key, "AttributeValue": value }] })
}

fn text(event: &Value, member: &str) -> String {
    event[member].as_str().unwrap_or_else(|| panic!("{member} of {event}")).to_owned()
}

fn ids(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| text(event, "EventId")).collect()
}

/// All events of all pages, and how many pages there were.
async fn all(asker: &Asker, mut input: Value) -> (Vec<Value>, usize) {
    let (mut events, mut pages) = (Vec::new(), 0);
    loop {
        let mut answer = asker.lookup(input.clone()).await.ok_json();
        events.append(answer["Events"].as_array_mut().expect("events"));
        pages += 1;
        if answer["NextToken"].is_null() {
            return (events, pages);
        }
        input["NextToken"] = answer["NextToken"].take();
    }
}

/// What happened in the asker's region between two moments.
fn records(asker: &Asker, from: Timestamp, to: Timestamp) -> Vec<Record> {
    let account = asker.standin.fleet().accounts()[asker.account].id();
    asker.standin.lives().records(account, asker.region, &(from..to))
}

#[tokio::test]
async fn pages_hold_every_event_once_newest_first() {
    let mut asker = Asker::on_a_wednesday().await;
    (asker.account, asker.region) = (1, "eu-west-1");
    let now = asker.standin.now();
    let (from, to) = (now - 72.hours(), now - 1.hours());
    let mut input = json!({ "StartTime": from.as_second(), "EndTime": to.as_second(), "MaxResults": 17 });
    let (events, pages) = all(&asker, input.clone()).await;
    assert!(events.is_sorted_by(|one, next| one["EventTime"].as_i64() >= next["EventTime"].as_i64()));
    // Of the first second only the part after `from` was asked for; an event's time has no parts.
    let mut expected: Vec<String> = records(&asker, from, to).iter().map(Record::event_id).collect();
    expected.reverse();
    assert_eq!(ids(&events), expected);
    assert!(pages > 5 && pages == events.len().div_ceil(17), "{pages} {}", events.len());

    for (key, member) in [("EventName", "EventName"), ("ReadOnly", "ReadOnly"), ("EventId", "EventId")] {
        let value = text(&events[0], member);
        input["LookupAttributes"] = by(key, &value)["LookupAttributes"].take();
        let (found, _) = all(&asker, input.clone()).await;
        let expected: Vec<Value> = events.iter().filter(|it| text(it, member) == value).cloned().collect();
        assert_eq!(found, expected, "{key}");
    }
}

#[tokio::test]
async fn an_event_tells_outside_what_it_tells_inside() {
    let asker = Asker::on_a_wednesday().await;
    let (events, _) = all(&asker, by("EventName", "StopInstances")).await;
    assert!(events.len() > 100, "{}", events.len());
    for event in &events {
        let inner: Value = serde_json::from_str(&text(event, "CloudTrailEvent")).expect("JSON");
        let time: Timestamp = text(&inner, "eventTime").parse().expect("a time");
        assert_eq!(event["EventTime"], time.as_second());
        assert_eq!(
            (text(event, "EventId"), text(event, "EventName")),
            (text(&inner, "eventID"), "StopInstances".into())
        );
        assert_eq!((&inner["awsRegion"], &inner["recipientAccountId"]), (&json!("us-east-1"), &json!("111122223333")));
        let named = inner["requestParameters"]["instancesSet"]["items"].as_array().expect("items").iter();
        let named: Vec<Value> = named.map(|it| it["instanceId"].clone()).collect();
        let resources: Vec<Value> =
            event["Resources"].as_array().expect("resources").iter().map(|it| it["ResourceName"].clone()).collect();
        assert_eq!(named, resources);
        assert_eq!(inner["responseElements"].is_null(), inner.get("errorCode").is_some(), "{inner}");
    }
}

#[tokio::test]
async fn an_instance_s_events_are_found_by_its_name_but_not_its_interruption() {
    let asker = Asker::on_a_wednesday().await;
    let (evictions, _) = all(&asker, by("EventName", "BidEvictedEvent")).await;
    let inner: Value = serde_json::from_str(&text(&evictions[0], "CloudTrailEvent")).expect("JSON");
    assert!(inner["responseElements"].is_null() && inner["requestParameters"].is_null());
    let id = inner["serviceEventDetails"]["instanceIdSet"][0].as_str().expect("an instance");
    let (found, _) = all(&asker, by("ResourceName", id)).await;
    let names: BTreeSet<String> = found.iter().map(|event| text(event, "EventName")).collect();
    assert!(names.contains("RunInstances") && !names.contains("BidEvictedEvent"), "{names:?}");
}

#[tokio::test]
async fn a_token_is_good_for_its_own_question_only_and_not_for_ever() {
    let mut asker = Asker::on_a_wednesday().await;
    let question = json!({ "MaxResults": 5, "LookupAttributes": by("ReadOnly", "false")["LookupAttributes"] });
    let answer = asker.lookup(question.clone()).await.ok_json();
    let with = |mut input: Value| {
        input["NextToken"] = answer["NextToken"].clone();
        input
    };
    let code = async |asker: &Asker, input: Value| {
        let reply = asker.lookup(input).await;
        if reply.status == 200 { String::new() } else { reply.error().1 }
    };
    assert_eq!(code(&asker, with(question.clone())).await, "");
    let mut another = question.clone();
    another["EndTime"] = asker.standin.now().as_second().into();
    for other in [json!({ "MaxResults": 5 }), by("ReadOnly", "true"), another] {
        assert_eq!(code(&asker, with(other)).await, "InvalidNextTokenException");
    }
    asker.region = "us-west-2";
    assert_eq!(code(&asker, with(question.clone())).await, "InvalidNextTokenException");
    asker.region = "us-east-1";
    asker.standin.advance_clock(Duration::from_secs(3_605));
    assert_eq!(code(&asker, with(question)).await, "InvalidNextTokenException");
}

#[tokio::test]
async fn events_are_seen_within_a_quarter_of_an_hour_and_for_ninety_days() {
    let asker = Asker::on_a_wednesday().await;
    let start = asker.standin.now();
    let (events, _) = all(&asker, json!({ "StartTime": (start - 24.hours()).as_second() })).await;
    let seen: BTreeSet<String> = ids(&events).into_iter().collect();
    for record in records(&asker, start - 23.hours(), start) {
        let age = start.as_second() - record.time.as_second();
        let shown = seen.contains(&record.event_id());
        assert!(age < 900 || shown, "{age} s");
        assert!(age > 110 || !shown, "{age} s");
    }
    // What was not yet seen is, a quarter of an hour later.
    let fresh = records(&asker, start - 15.minutes(), start + 5.hours());
    asker.standin.advance_clock(Duration::from_secs(6 * 3_600));
    let (events, _) = all(&asker, json!({ "StartTime": (start - 24.hours()).as_second() })).await;
    let seen: BTreeSet<String> = ids(&events).into_iter().collect();
    assert!(!fresh.is_empty() && fresh.iter().all(|record| seen.contains(&record.event_id())));

    let long_ago = asker.standin.now() - (120 * 24).hours();
    let input = json!({ "StartTime": long_ago.as_second(), "EndTime": (long_ago + (31 * 24).hours()).as_second() });
    let (events, _) = all(&asker, input).await;
    let oldest = asker.standin.now().as_second() - 90 * 86_400;
    assert!(!events.is_empty() && events.iter().all(|event| event["EventTime"].as_i64() >= Some(oldest - 5)));
}

#[tokio::test]
async fn lookups_are_late_doubled_and_out_of_order_by_choice_and_never_lost() {
    let asker = Asker::on_a_wednesday().await;
    let now = asker.standin.now();
    let input = json!({ "StartTime": (now - 48.hours()).as_second(), "EndTime": now.as_second() });
    let (calm, _) = all(&asker, input.clone()).await;
    let calm_ids: BTreeSet<String> = ids(&calm).into_iter().collect();

    asker.standin.set_delivery(Delivery { doubled: 30, out_of_order: 30, lost: 100, ..Delivery::default() });
    let (wild, _) = all(&asker, input.clone()).await;
    assert!(wild.len() > calm.len() + calm.len() / 10, "{} of {}", wild.len(), calm.len());
    assert!(calm_ids.is_subset(&ids(&wild).into_iter().collect()));
    assert!(!wild.is_sorted_by(|one, next| one["EventTime"].as_i64() >= next["EventTime"].as_i64()));

    asker.standin.set_delivery(Delivery { late: 100, ..Delivery::default() });
    let (late, _) = all(&asker, input.clone()).await;
    let late_ids: BTreeSet<String> = ids(&late).into_iter().collect();
    assert!(late_ids.len() < calm_ids.len() && late_ids.is_subset(&calm_ids));
    asker.standin.advance_clock(Duration::from_secs(7 * 3_600));
    let (all_there, _) = all(&asker, input).await;
    assert!(calm_ids.is_subset(&ids(&all_there).into_iter().collect()));
}

#[tokio::test]
async fn more_than_two_lookups_in_a_second_are_throttled_if_the_configuration_says_so() {
    let mut asker = Asker::with(Config { lookup_rate: LookupRate::TwoPerSecond, ..Config::default() }).await;
    // Sooner or later three come within a second, however slow the machine is.
    let refused = loop {
        let reply = asker.any("cloudtrail").await;
        if reply.status != 200 {
            break reply;
        }
    };
    assert_eq!((refused.status, refused.error().1.as_str()), (400, "ThrottlingException"));
    let most = asker.standin.most_calls_in_a_second();
    assert_eq!(most.values().copied().collect::<Vec<_>>(), [3]);
    asker.standin.advance_clock(Duration::from_secs(1));
    assert_eq!(asker.any("cloudtrail").await.status, 200);
    asker.region = "us-west-2";
    assert_eq!(asker.any("cloudtrail").await.status, 200);
}
