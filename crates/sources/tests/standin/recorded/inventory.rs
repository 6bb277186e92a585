//! Instances, snapshots and AMIs as AWS told of them, with every member that they have in our data types.

use larder_sources::FailureKind;
use larder_standin::Recording;
use serde_json::{Map, Value};

use super::{list, replaying};
use crate::fetch;

/// What AWS said at a path of members, `null` where it said nothing or an empty text.
fn said(of: &Value, path: &str) -> Value {
    let value = path.split('.').fold(of, |of, member| &of[member]);
    if value == "" { Value::Null } else { value.clone() }
}

/// Holds members of ours against those of a recording, by their paths there; tells how many AWS said something for.
fn same(ours: &Value, recorded: &Value, members: &[(&str, &str)]) -> usize {
    let mut told = 0;
    for (member, path) in members {
        let said = said(recorded, path);
        told += usize::from(!said.is_null());
        assert_eq!(ours[member], said, "{member} of {ours}");
    }
    let tags = list(recorded, "Tags").iter();
    let tags: Value = tags.map(|tag| (tag["Key"].as_str().expect("a key").to_owned(), tag["Value"].clone())).collect();
    assert_eq!(ours["tags"], tags);
    told + tags.as_object().map_or(0, Map::len)
}

/// The items of a recorded list, each as pairs of a member's name and what AWS said at a path.
fn pairs(recorded: &Value, member: &str, paths: &[(&str, &str)]) -> Value {
    let pair =
        |item: &Value| -> Value { paths.iter().map(|(name, path)| ((*name).to_owned(), said(item, path))).collect() };
    let mut pairs: Vec<Value> = list(recorded, member).iter().map(pair).collect();
    pairs.sort_by_key(|pair| paths.iter().map(|(name, _)| pair[name].to_string()).collect::<Vec<_>>());
    pairs.into()
}

/// What the data type makes of each recording of an operation that was no refusal.
///
/// `check` tells how many members of an answer were held against a recording; so does this, of all.
async fn members(data_type: &str, operation: &str, check: impl Fn(&Value, &Recording) -> usize) -> usize {
    let Some((standin, aws)) = replaying().await else { return usize::MAX };
    let mut members = 0;
    let account = &standin.fleet().accounts()[0];
    for recording in standin.recordings(operation) {
        match fetch(&aws, data_type, "us-east-1", account).await {
            Ok(answer) => members += check(&answer, recording),
            // Of the data type's other operation one answer was recorded that is a refusal.
            Err(error) if error.operation != operation => {
                assert!(matches!(error.kind, FailureKind::Rejected { .. }), "{error}");
            }
            Err(error) => {
                let code = recording.data["Error"]["Code"].as_str();
                let refused = FailureKind::Rejected { code: code.unwrap_or_default().to_owned() };
                assert_eq!(error.kind, refused, "{}: {error}", recording.source);
            }
        }
    }
    members
}

/// Ours by their id, each with what was recorded of it.
fn both<'a>(
    ours: &'a [Value],
    id: &'a str,
    recorded: impl Iterator<Item = &'a Value>,
    recorded_id: &'a str,
) -> Vec<(&'a Value, &'a Value)> {
    let both = recorded.map(|recorded| {
        let ours = ours.iter().find(|ours| ours[id] == recorded[recorded_id]);
        (ours.unwrap_or_else(|| panic!("{recorded} did not come out")), recorded)
    });
    let both: Vec<_> = both.collect();
    assert_eq!(both.len(), ours.len());
    both
}

const INSTANCE: [(&str, &str); 17] = [
    ("state", "State.Name"),
    ("stateReason", "StateReason.Message"),
    ("stateTransitionReason", "StateTransitionReason"),
    ("instanceType", "InstanceType"),
    ("imageId", "ImageId"),
    ("architecture", "Architecture"),
    ("platformDetails", "PlatformDetails"),
    ("lifecycle", "InstanceLifecycle"),
    ("launchTime", "LaunchTime"),
    ("availabilityZone", "Placement.AvailabilityZone"),
    ("vpcId", "VpcId"),
    ("subnetId", "SubnetId"),
    ("privateIpAddress", "PrivateIpAddress"),
    ("publicIpAddress", "PublicIpAddress"),
    ("iamInstanceProfileArn", "IamInstanceProfile.Arn"),
    ("keyName", "KeyName"),
    ("instanceId", "InstanceId"),
];

#[tokio::test]
async fn every_recorded_instance_comes_out_with_every_member_that_it_has() {
    let members = members("ec2-instances", "ec2:DescribeInstances", |answer, recording| {
        let reservations = list(&recording.data, "Reservations");
        let instances = reservations.iter().flat_map(|reservation| list(reservation, "Instances"));
        let mut members = 0;
        for (ours, recorded) in both(list(answer, "instances"), "instanceId", instances, "InstanceId") {
            members += same(ours, recorded, &INSTANCE);
            assert_eq!(ours["name"], said(&ours["tags"], "Name"));
            let volumes = [("deviceName", "DeviceName"), ("volumeId", "Ebs.VolumeId")];
            assert_eq!(ours["blockDevices"], pairs(recorded, "BlockDeviceMappings", &volumes));
            let groups = [("groupId", "GroupId"), ("groupName", "GroupName")];
            assert_eq!(ours["securityGroups"], pairs(recorded, "SecurityGroups", &groups));
            let reservation = reservations.iter().find(|it| list(it, "Instances").contains(recorded)).expect("its own");
            assert_eq!(ours["reservationId"], reservation["ReservationId"]);
            assert_eq!(ours["ownerId"], reservation["OwnerId"]);
            let reason = recorded["StateTransitionReason"].as_str().unwrap_or_default();
            let time = reason.split_once('(').and_then(|(_, time)| time.strip_suffix(" GMT)"));
            assert_eq!(ours["stoppedAt"].as_str(), time.map(|time| format!("{}Z", time.replace(' ', "T"))).as_deref());
        }
        members
    });
    let members = members.await;
    assert!(members > 1_500, "{members} members prove little");
}

const SNAPSHOT: [(&str, &str); 12] = [
    ("snapshotId", "SnapshotId"),
    ("state", "State"),
    ("volumeId", "VolumeId"),
    ("volumeSize", "VolumeSize"),
    ("startTime", "StartTime"),
    ("completionTime", "CompletionTime"),
    ("progress", "Progress"),
    ("encrypted", "Encrypted"),
    ("kmsKeyId", "KmsKeyId"),
    ("storageTier", "StorageTier"),
    ("description", "Description"),
    ("ownerId", "OwnerId"),
];

#[tokio::test]
async fn every_recorded_snapshot_comes_out_with_every_member_that_it_has() {
    let members = members("ec2-snapshots", "ec2:DescribeSnapshots", |answer, recording| {
        let snapshots = list(&recording.data, "Snapshots").iter();
        let both = both(list(answer, "snapshots"), "snapshotId", snapshots, "SnapshotId");
        let members = both.into_iter().map(|(ours, recorded)| {
            assert!(ours["volumeExists"].is_boolean(), "{ours}");
            assert_eq!(ours["name"], said(&ours["tags"], "Name"));
            same(ours, recorded, &SNAPSHOT)
        });
        members.sum()
    });
    let members = members.await;
    assert!(members > 350, "{members} members prove little");
}

const IMAGE: [(&str, &str); 14] = [
    ("imageId", "ImageId"),
    ("name", "Name"),
    ("description", "Description"),
    ("state", "State"),
    ("architecture", "Architecture"),
    ("platformDetails", "PlatformDetails"),
    ("virtualizationType", "VirtualizationType"),
    ("rootDeviceType", "RootDeviceType"),
    ("rootDeviceName", "RootDeviceName"),
    ("creationDate", "CreationDate"),
    ("deprecationTime", "DeprecationTime"),
    ("lastLaunchedTime", "LastLaunchedTime"),
    ("public", "Public"),
    ("ownerId", "OwnerId"),
];

#[tokio::test]
async fn every_recorded_ami_comes_out_with_every_member_that_it_has() {
    let members = members("ec2-amis", "ec2:DescribeImages", |answer, recording| {
        let images = list(&recording.data, "Images").iter();
        let both = both(list(answer, "images"), "imageId", images, "ImageId");
        let members = both.into_iter().map(|(ours, recorded)| {
            let device =
                [("deviceName", "DeviceName"), ("snapshotId", "Ebs.SnapshotId"), ("volumeSize", "Ebs.VolumeSize")];
            assert_eq!(ours["blockDevices"], pairs(recorded, "BlockDeviceMappings", &device));
            same(ours, recorded, &IMAGE)
        });
        members.sum()
    });
    let members = members.await;
    assert!(members > 350, "{members} members prove little");
}
