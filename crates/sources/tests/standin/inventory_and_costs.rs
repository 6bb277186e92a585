use std::collections::BTreeMap;

use aws_smithy_async::time::StaticTimeSource;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use larder_sources::Aws;
use larder_standin::{Account, Config, Costs, Fault, FaultKind, Handle, Standin};
use serde_json::{Value, json};

use crate::{aws, config, fetch};

/// Its clock, by which nothing happens to its instances for days but what is planned.
const NOW: &str = "2025-11-19T15:00:00Z";

async fn standin() -> Handle {
    let now = Some(NOW.parse().expect("a moment"));
    Standin::start(Config { now, ..Config::default() }).await.expect("a free port")
}

fn tags(tags: &[(String, String)]) -> BTreeMap<&str, &str> {
    tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

/// Holds the lists of every account and region against what is expected of them, member by member as far as that
/// goes, and tells how many items there are.
async fn check(
    name: &str,
    member: &str,
    mut expected: impl FnMut(&Handle, &Account, &str, Timestamp) -> Vec<Value>,
) -> usize {
    let standin = standin().await;
    let mut counted = 0;
    for account in standin.fleet().accounts() {
        let aws = aws(standin.url(), account);
        for region in standin.fleet().regions() {
            let before = standin.now();
            let answer = fetch(&aws, name, region, account).await.expect("an answer");
            // What changes in between is told as it was before or after.
            let [before, after] = [before, standin.now()].map(|now| expected(&standin, account, region, now));
            let told = answer[member].as_array().expect("a list");
            counted += told.len();
            if !is_of(told, &after) {
                assert_eq!(told.len(), before.len(), "{region}");
                told.iter().zip(&before).for_each(|(told, before)| assert_eq!(known_of(told, before), *before));
            }
        }
    }
    counted
}

fn is_of(told: &[Value], expected: &[Value]) -> bool {
    told.len() == expected.len()
        && told.iter().zip(expected).all(|(told, expected)| known_of(told, expected) == *expected)
}

/// Those members of an item that are expected.
fn known_of(told: &Value, expected: &Value) -> Value {
    let members = expected.as_object().expect("an object").keys();
    members.map(|member| (member.clone(), told[member].clone())).collect()
}

fn sorted(mut items: Vec<Value>, id: &str) -> Vec<Value> {
    items.sort_by(|a, b| a[id].as_str().cmp(&b[id].as_str()));
    items
}

#[tokio::test]
async fn every_instance_of_the_fleet_comes_out_with_its_volumes() {
    let told = check("ec2-instances", "instances", |standin, account, region, now| {
        let lives = standin.lives().at(account.id(), region, now);
        let volumes = standin.lives().volumes(account.id(), region, now);
        let instances = lives.iter().map(|life| {
            let told = life.described_at(now).expect("it is there");
            let mut devices: Vec<_> =
                volumes.iter().filter(|it| it.instance_id == life.id && it.is_attached_at(now)).collect();
            devices.sort_by_key(|it| it.device);
            let devices: Vec<_> =
                devices.iter().map(|it| json!({"deviceName": it.device, "volumeId": it.id})).collect();
            json!({"instanceId": life.id, "name": life.name, "state": told.state.as_str(), "blockDevices": devices,
                "launchTime": told.launch_time.to_string(), "instanceType": life.instance_type,
                "stateReason": told.state_reason.map(|(_, message)| message), "tags": tags(&life.tags)})
        });
        sorted(instances.collect(), "instanceId")
    });
    assert!(told.await > 80, "few instances prove little");
}

#[tokio::test]
async fn every_snapshot_of_the_fleet_comes_out_and_says_whether_its_volume_is_there() {
    let (mut there, mut gone) = (0, 0);
    let told = check("ec2-snapshots", "snapshots", |standin, account, region, now| {
        let volumes = standin.lives().volumes(account.id(), region, now);
        let snapshots = standin.lives().snapshots(account.id(), region, now);
        let snapshots = snapshots.iter().map(|it| {
            let exists = volumes.iter().any(|volume| volume.id == it.volume_id);
            if exists {
                there += 1
            } else {
                gone += 1
            }
            let tags = tags(&it.tags);
            json!({"snapshotId": it.id, "name": tags.get("Name"), "state": "completed", "volumeId": it.volume_id,
                "volumeExists": exists, "volumeSize": it.volume_size, "startTime": it.started.to_string(),
                "completionTime": it.completed.to_string(), "progress": "100%", "encrypted": it.kms_key_id.is_some(),
                "kmsKeyId": it.kms_key_id, "storageTier": it.storage_tier, "description": it.description,
                "ownerId": account.id().as_str(), "tags": tags})
        });
        sorted(snapshots.collect(), "snapshotId")
    });
    assert!(told.await > 500, "few snapshots prove little");
    assert!(there > 100 && gone > 100, "{there} {gone}");
}

#[tokio::test]
async fn every_ami_of_the_fleet_comes_out() {
    let time = |time: Timestamp| time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    let told = check("ec2-amis", "images", |standin, account, region, now| {
        let images = standin.lives().images(account.id(), region, now);
        let images = images.iter().map(|it| {
            json!({"imageId": it.id, "name": it.name, "description": it.description,
                "state": if it.disabled { "disabled" } else { "available" }, "architecture": "x86_64",
                "platformDetails": "Linux/UNIX", "virtualizationType": "hvm", "rootDeviceType": "ebs",
                "rootDeviceName": "/dev/xvda", "creationDate": time(it.created),
                "deprecationTime": it.deprecated.map(time), "lastLaunchedTime": it.last_launched.map(time),
                "public": false, "ownerId": account.id().as_str(),
                "blockDevices": [{"deviceName": "/dev/xvda", "snapshotId": it.snapshot_id, "volumeSize": it.volume_size}],
                "tags": tags(&it.tags)})
        });
        sorted(images.collect(), "imageId")
    });
    assert!(told.await > 50, "few AMIs prove little");
}

/// The stand-in's clock is also the one that the days are asked by.
fn aws_at(now: Timestamp, standin: &Handle, account: &Account) -> Aws {
    let clock = StaticTimeSource::new(now.into());
    Aws::new(config(standin.url(), account).into_builder().time_source(clock).build())
}

#[tokio::test]
async fn every_charge_of_three_months_comes_out_to_the_last_digit() {
    let standin = standin().await;
    let now: Timestamp = NOW.parse().expect("a moment");
    for account in standin.fleet().accounts() {
        let answer = fetch(&aws_at(now, &standin, account), "costs", "", account).await.expect("an answer");
        let (from, to): (Date, Date) = ("2025-09-01".parse().expect("a day"), "2025-11-20".parse().expect("a day"));
        let days = from.series(1.day()).take_while(|day| *day < to);
        let charges = days.flat_map(|day| {
            let charges = standin.costs().on(account.id(), day, standin.now());
            let mut charges: Vec<_> = charges
                .iter()
                .map(|it| {
                    json!({"day": day.to_string(), "service": it.service, "currency": "USD",
                        "unblended": it.unblended.to_string(), "amortised": it.amortised.to_string(),
                        "estimated": Costs::is_estimated(day, standin.now())})
                })
                .collect();
            charges.sort_by(|a, b| a["service"].as_str().cmp(&b["service"].as_str()));
            charges
        });
        let charges: Vec<_> = charges.collect();
        assert!(charges.len() > 800, "{}", charges.len());
        let expected = json!({"from": "2025-09-01", "to": "2025-11-20", "currency": "USD", "costs": charges});
        assert_eq!(answer, expected);
    }
    assert_eq!(standin.call_count("ce:GetCostAndUsage"), 2 + 2, "every page is paid for once");
}

#[tokio::test]
async fn costs_whose_pages_go_round_or_break_off_are_an_error() {
    let standin = standin().await;
    let account = &standin.fleet().accounts()[0];
    let aws = aws_at(NOW.parse().expect("a moment"), &standin, account);
    for kind in [FaultKind::RepeatingToken, FaultKind::AccessDenied, FaultKind::Truncated] {
        standin.fault(Fault::on("ce:*", kind));
        fetch(&aws, "costs", "", account).await.expect_err("no whole answer");
        standin.clear_faults();
    }
    standin.fault(Fault::on("ce:*", FaultKind::EmptyPages).for_calls(2));
    let answer = fetch(&aws, "costs", "", account).await.expect("an answer");
    assert!(answer["costs"].as_array().is_some_and(|costs| costs.len() > 800), "{answer}");
}
