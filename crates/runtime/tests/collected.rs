//! What is made of logs of several accounts and regions, doubled, or empty.

use larder_runtime::cloudtrail::{Tells, read_item};
use larder_runtime::{Answer, Asked, Collected, Quality, Second, read_described};
use serde_json::{Value, json};

const HERE: &str = "us-east-1";
const THERE: &str = "eu-west-1";

fn second(time: &str) -> Second {
    format!("2025-11-02T{time}Z").parse().expect("ISO 8601")
}

fn event(time: &str, region: &str, name: &str, elements: &Value) -> Value {
    json!({
        "eventName": name, "eventTime": format!("2025-11-02T{time}Z"), "eventID": format!("{name} {time}"),
        "awsRegion": region, "recipientAccountId": "111122223333", "responseElements": elements,
    })
}

fn turn(time: &str, region: &str, name: &str, id: &str, previous: &str) -> Value {
    let item = json!({"instanceId": id, "previousState": {"name": previous}});
    event(time, region, name, &json!({"instancesSet": {"items": [item]}}))
}

fn noise(time: &str, region: &str) -> Value {
    event(time, region, "DescribeInstances", &Value::Null)
}

fn collected(events: &[Value]) -> Collected {
    let mut collected = Collected::default();
    for event in events {
        collected.add(read_item(event.to_string().as_bytes()).expect("an event"));
    }
    collected
}

/// The bounds in minutes.
fn bounds(answer: &Answer) -> (&str, f64, f64) {
    let minutes = |minutes: Option<f64>| minutes.expect("it is known");
    (&answer.server.instance_id, minutes(answer.lower_minutes), minutes(answer.upper_minutes))
}

#[test]
fn logs_cover_an_account_and_region_as_far_as_they_tell_of_it() {
    let events = [
        noise("10:00:00", HERE),
        turn("11:00:00", HERE, "StartInstances", "i-here", "stopped"),
        turn("12:00:00", HERE, "StopInstances", "i-here", "running"),
        noise("10:00:00", THERE),
        turn("11:00:00", THERE, "StartInstances", "i-there", "stopped"),
        turn("12:00:00", THERE, "StopInstances", "i-there", "running"),
        noise("13:00:00", HERE),
        noise("20:00:00", HERE),
    ];
    let half = |from: usize| collected(&events[from..][..4]);
    let mut merged = half(4);
    merged.merge(half(0));
    for collected in [collected(&events), merged] {
        let answers = collected.answers(&Asked::default());
        let [here, there] = &answers[..] else { panic!("two ran: {answers:?}") };
        assert_eq!((bounds(here), here.quality), (("i-here", 60.0, 60.0), Quality::Exact));
        assert_eq!((bounds(there), there.quality), (("i-there", 60.0, 9.0 * 60.0), Quality::Bounded), "until 20:00");
        assert_eq!(here.source_watermark, Some(second("20:00:00")));
        assert_eq!(there.source_watermark, Some(second("12:00:00")));
    }
}

#[test]
fn what_another_source_tells_is_no_coverage() {
    let warning = json!({
        "id": "1", "detail-type": "EC2 Spot Instance Interruption Warning", "source": "aws.ec2", "time": "2025-11-02T20:00:00Z",
        "account": "111122223333", "region": HERE, "detail": {"instance-id": "i-here", "instance-action": "stop"},
    });
    let read = read_item(warning.to_string().as_bytes()).expect("an event of EventBridge");
    assert_eq!(read.tells, Tells::NothingRecorded);
    let run = [
        turn("11:00:00", HERE, "StartInstances", "i-here", "stopped"),
        turn("12:00:00", HERE, "StopInstances", "i-here", "running"),
        warning,
    ];
    assert_eq!(bounds(&collected(&run).answers(&Asked::default())[0]), ("i-here", 60.0, 9.0 * 60.0));
}

#[test]
fn what_stands_in_two_files_counts_once_but_as_read() {
    let mut refused = turn("11:30:00", HERE, "StopInstances", "i-here", "running");
    refused["errorCode"] = json!("Client.UnauthorizedOperation");
    let of_file = || {
        collected(&[
            turn("11:00:00", HERE, "StartInstances", "i-here", "stopped"),
            refused.clone(),
            turn("12:00:00", HERE, "StopInstances", "i-here", "running"),
        ])
    };
    let mut both = of_file();
    both.merge(of_file());
    assert_eq!((both.events, both.telling(), both.refused()), (6, 2, 1));
    assert_eq!(both.answers(&Asked::default()), of_file().answers(&Asked::default()));
}

#[test]
fn without_an_event_descriptions_tell_of_the_last_run() {
    let described = |state: &str, reason: &str| {
        let instance = json!({
            "InstanceId": "i-here", "State": {"Name": state}, "LaunchTime": "2025-11-02T10:00:00Z",
            "StateTransitionReason": reason, "Placement": {"AvailabilityZone": "us-east-1a"},
        });
        let answer = json!({"Reservations": [{"OwnerId": "111122223333", "Instances": [instance]}]});
        let mut collected = Collected::default();
        for described in read_described(answer.to_string().as_bytes()).expect("an answer") {
            collected.add_described(second("20:00:00"), described);
        }
        collected
    };
    let stopped = described("stopped", "User initiated (2025-11-02 12:30:00 GMT)").answers(&Asked::default());
    assert_eq!((bounds(&stopped[0]), stopped[0].quality), (("i-here", 150.0, 150.0), Quality::Exact));
    assert_eq!((stopped[0].window_from, stopped[0].window_to), (second("10:00:00"), second("20:00:00")));
    let running = described("running", "");
    assert_eq!(bounds(&running.answers(&Asked::default())[0]), ("i-here", 600.0, 600.0));
    let earlier = Asked { since: Some(second("09:00:00")), ..Asked::default() };
    assert_eq!(bounds(&running.answers(&earlier)[0]), ("i-here", 600.0, 660.0), "what was before, nothing tells");
    let by_itself = described("stopped", "").answers(&Asked::default());
    assert_eq!(bounds(&by_itself[0]), ("i-here", 0.0, 600.0), "it shut itself down, at any time");
}
