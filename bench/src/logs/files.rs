use std::fs::File;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

/// Events of each server: starts and stops in turn.
const EVENTS: usize = 20;
/// Events in a file, as busy accounts have.
const IN_A_FILE: usize = 200;
/// 2025-11-01T00:00:00Z.
const MONTH: i64 = 1_761_955_200;
const SECONDS: i64 = 30 * 86_400;

/// Writes a month of so many servers as CloudTrail delivers it.
///
/// # Errors
/// The system's.
pub(super) fn write(folder: &Path, servers: usize) -> anyhow::Result<()> {
    let mut random = StdRng::seed_from_u64(1);
    // A document each would be more than a gigabyte: they are made file by file.
    let mut events: Vec<(i64, usize, usize)> = Vec::with_capacity(servers * EVENTS);
    for server in 0..servers {
        let mut times: Vec<_> = (0..EVENTS).map(|_| MONTH + random.random_range(0..SECONDS)).collect();
        times.sort_unstable();
        times.dedup();
        times.truncate(times.len() / 2 * 2);
        events.extend(times.into_iter().enumerate().map(|(nth, time)| (time, server, nth)));
    }
    events.sort_by_key(|(time, ..)| *time);
    for (number, events) in events.chunks_mut(IN_A_FILE).enumerate() {
        // Within a file they are in no order.
        events.shuffle(&mut random);
        let record = |(time, server, nth): &(i64, usize, usize)| event(&format!("i-{server:017x}"), *nth, *time);
        let records: Vec<_> = events.iter().map(record).collect();
        let file = File::create(folder.join(format!("111122223333_CloudTrail_us-east-1_{number:06}.json.gz")))?;
        let mut file = GzEncoder::new(file, Compression::default());
        file.write_all(json!({"Records": records}).to_string().as_bytes())?;
        file.finish()?;
    }
    Ok(())
}

/// With all that real ones have beside what is needed.
fn event(instance: &str, nth: usize, time: i64) -> Value {
    let (name, current, previous) = match nth % 2 {
        0 => ("StartInstances", (0, "pending"), (80, "stopped")),
        _ => ("StopInstances", (64, "stopping"), (16, "running")),
    };
    let time = jiff::Timestamp::from_second(time).unwrap_or_default().to_string();
    let state = |(code, name): (u32, &str)| json!({"code": code, "name": name});
    json!({
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROA0123456789EXAMPLE:scheduler",
            "arn": "arn:aws:sts::111122223333:assumed-role/scheduler/scheduler",
            "accountId": "111122223333",
            "sessionContext": {"attributes": {"creationDate": time, "mfaAuthenticated": "false"}},
        },
        "eventTime": time,
        "eventSource": "ec2.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.10",
        "userAgent": "Boto3/1.35.0 md/Botocore#1.35.0 ua/2.0 os/linux#5.10 md/arch#x86_64 lang/python#3.12",
        "requestParameters": {"instancesSet": {"items": [{"instanceId": instance}]}, "force": false},
        "responseElements": {"requestId": format!("{instance}-{nth}"), "instancesSet": {"items": [
            {"instanceId": instance, "currentState": state(current), "previousState": state(previous)},
        ]}},
        "requestID": format!("{instance}-{nth}"),
        "eventID": format!("{instance}-event-{nth:08}"),
        "readOnly": false,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "clientProvidedHostHeader": "ec2.us-east-1.amazonaws.com"},
    })
}
