use rstest::rstest;

use super::*;
use crate::AccountEntry;
use crate::scripted_aws::real_data;

/// Three pages, of which the second begins with what the first one ended with.
fn three_pages(asked: &Asked) -> Reply {
    match token_of(asked).as_deref() {
        None => page(&[("e5", 50), ("e4", 40)], Some("two")),
        Some("two") => page(&[("e4", 40), ("e3", 30), ("e2b", 20)], Some("three")),
        Some("three") => page(&[("e2a", 20), ("e1", 10)], None),
        Some(other) => panic!("nobody gave out {other}"),
    }
}

#[tokio::test(start_paused = true)]
async fn every_page_is_read_and_every_event_told_once_the_oldest_first() {
    let script = cloudtrail(three_pages);
    assert_eq!(ids(&script).await.expect("events"), ["e1", "e2a", "e2b", "e3", "e4", "e5"]);
    let asked = asked(&script);
    assert_eq!(asked.len(), 3);
    for asked in asked {
        let criterion = json!([{"AttributeKey": "EventName", "AttributeValue": "StartInstances"}]);
        assert_eq!(asked["LookupAttributes"], criterion, "a token goes with the parameters it was given for");
        assert_eq!((&asked["StartTime"], &asked["EndTime"]), (&json!(SLICE.from), &json!(SLICE.to)));
        assert_eq!(asked["MaxResults"], 50);
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_at_the_end_of_a_slice_belongs_to_the_next_one() {
    let script = cloudtrail(|_| page(&[("next", LENGTH), ("last", LENGTH - 1), ("first", 0)], None));
    assert_eq!(ids(&script).await.expect("events"), ["first", "last"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_recorded_is_no_events() {
    let script = cloudtrail(|_| answer(&json!({})));
    assert_eq!(ids(&script).await.expect("an answer"), [] as [&str; 0]);
}

#[rstest]
#[case(LookupBy::Resource("i-0123456789abcdef0".to_owned()), "ResourceName", "i-0123456789abcdef0")]
#[case(LookupBy::Name(RecordedName::RunInstances), "EventName", "RunInstances")]
#[case(LookupBy::Name(RecordedName::BidEvictedEvent), "EventName", "BidEvictedEvent")]
#[tokio::test(start_paused = true)]
async fn a_criterion_is_said_in_aws_words(#[case] by: LookupBy, #[case] key: &str, #[case] value: &str) {
    let script = cloudtrail(|_| page(&[], None));
    looking(&script, &PausedClock::new(), 1).every_event(&lookup(by), WITHIN).await.expect("an answer");
    let criterion = json!([{"AttributeKey": key, "AttributeValue": value}]);
    assert_eq!(asked(&script)[0]["LookupAttributes"], criterion);
}

#[tokio::test(start_paused = true)]
async fn another_account_is_asked_with_its_role_and_external_id() {
    let script = scripted(|asked| match asked.operation.as_str() {
        "GetCallerIdentity" => identity(),
        "AssumeRole" => {
            assert!(asked.body.contains("ExternalId=larder-6666"), "{}", asked.body);
            let credentials = "<AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
                <SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>";
            let result = format!("<AssumeRoleResult><Credentials>{credentials}</Credentials></AssumeRoleResult>");
            Reply::Http(200, format!("<AssumeRoleResponse>{result}</AssumeRoleResponse>"))
        }
        _ => page(&[("e1", 1)], None),
    });
    let entry = AccountEntry {
        account_id: "444455556666".to_owned(),
        role_arn: Some("arn:aws:iam::444455556666:role/larder-read".to_owned()),
        external_id: Some("larder-6666".to_owned()),
        ..AccountEntry::default()
    };
    let registry = ConfiguredAccounts::new(vec![entry.try_into().expect("it is right")]).expect("one account");
    let accounts = Arc::new(Accounts::new(script.signed(), Arc::new(registry)));
    let looking = LookupEvents::new(accounts, PausedClock::new(), 1);
    let account = AccountId::parse("444455556666").expect("12 digits");
    let lookup = Lookup { account, ..lookup(LookupBy::Name(RecordedName::StopInstances)) };
    assert_eq!(looking.every_event(&lookup, WITHIN).await.expect("events").len(), 1);
    let last = script.asked().pop().expect("a request");
    assert_eq!((last.operation.as_str(), last.access_key.as_str()), ("LookupEvents", "ASIA1"));
    assert!(last.uri.starts_with("https://cloudtrail.us-east-1.amazonaws.com"), "{}", last.uri);
}

/// The outer time of the recorded events has an offset; over the wire it is a number.
#[tokio::test(start_paused = true)]
async fn recorded_events_come_out_with_their_text_as_it_was() {
    let Some(folder) = larder_tests::real_data() else { return };
    let lines = std::fs::read_to_string(folder.join("cloudtrail/plaso_lookup_events.jsonl")).expect("it is there");
    let mut events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    for event in &mut events {
        let time = event["EventTime"].as_str().expect("a text").replace(' ', "T");
        let time = DateTime::from_str(&time, Format::DateTimeWithOffset).expect("a time");
        event["EventTime"] = json!(time.secs());
    }
    events.sort_by_key(|event| event["EventTime"].as_i64());
    let [oldest, newest] = [&events[0], &events[5]].map(|event| event["EventTime"].as_i64().expect("seconds"));
    let told: Vec<_> = events.iter().rev().cloned().collect();
    let script = cloudtrail(move |asked| match token_of(asked) {
        None => answer(&json!({"Events": told[..3], "NextToken": "two"})),
        Some(_) => answer(&json!({"Events": told[2..]})),
    });
    let slice = Slice { from: oldest, to: newest + 1 };
    let lookup = Lookup { slice, ..lookup(LookupBy::Resource("i-01234567890123456".to_owned())) };
    let found = looking(&script, &PausedClock::new(), 2).every_event(&lookup, WITHIN).await.expect("events");
    assert_eq!(found.len(), 6);
    for (found, recorded) in found.iter().zip(&events) {
        assert_eq!((&json!(found.id), &json!(found.json)), (&recorded["EventId"], &recorded["CloudTrailEvent"]));
        let inner: Value = serde_json::from_str(&found.json).expect("JSON");
        assert_eq!(inner["eventID"], recorded["EventId"]);
    }
}

#[test]
fn what_is_asked_is_what_the_model_allows() {
    let Some(model) = real_data("models/cloudtrail/2013-11-01/service-2.json.gz") else { return };
    let shapes = &model["shapes"];
    assert_eq!(shapes["MaxResults"]["max"], 50);
    let keys = shapes["LookupAttributeKey"]["enum"].as_array().expect("keys");
    for by in [LookupBy::Name(RecordedName::RunInstances), LookupBy::Resource("i-0".to_owned())] {
        assert!(keys.contains(&json!(by.key().as_str())), "{by:?}");
    }
}
