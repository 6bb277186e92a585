use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::ask::Asker;
use crate::xml::Node;

const VOLUMES: (&str, &str) = ("Action", "DescribeVolumes");
const SNAPSHOTS: (&str, &str) = ("Action", "DescribeSnapshots");

fn texts(root: &Node, set: &str, member: &str) -> Vec<String> {
    root.child(set).children.iter().map(|item| item.child(member).text.clone()).collect()
}

/// The ids of all pages, while the clock goes on.
async fn paged(asker: &Asker, action: (&str, &str), set: &str, id: &str) -> Vec<String> {
    let (mut seen, mut token) = (Vec::new(), None::<String>);
    loop {
        let mut parameters = vec![action, ("MaxResults", "20")];
        parameters.extend(token.as_deref().map(|token| ("NextToken", token)));
        let page = asker.ec2(&parameters).await.ok_xml();
        seen.extend(texts(&page, set, id));
        token = page.find("nextToken").map(|it| it.text.clone());
        if token.is_none() {
            return seen;
        }
        asker.standin.advance_clock(Duration::from_secs(300));
    }
}

#[tokio::test]
async fn all_volumes_and_snapshots_come_out_page_by_page_even_as_they_change() {
    let asker = Asker::on_a_wednesday().await;
    for (action, set, id) in [(VOLUMES, "volumeSet", "volumeId"), (SNAPSHOTS, "snapshotSet", "snapshotId")] {
        let whole = texts(&asker.ec2(&[action]).await.ok_xml(), set, id);
        assert!(whole.len() > 20, "{whole:?}");
        assert_eq!(whole.iter().collect::<BTreeSet<_>>().len(), whole.len(), "none is twice");
        assert_eq!(paged(&asker, action, set, id).await, whole);
        let before = whole.clone();
        asker.standin.advance_clock(Duration::from_hours(24));
        assert_ne!(texts(&asker.ec2(&[action]).await.ok_xml(), set, id), before, "nothing came or went");
    }
}

#[tokio::test]
async fn volumes_are_those_that_the_instances_name_and_some_that_are_left() {
    let mut asker = Asker::on_a_wednesday().await;
    let mut left = 0;
    for (account, region) in [(0, "us-east-1"), (0, "us-west-2"), (1, "eu-west-1")] {
        (asker.account, asker.region) = (account, region);
        let now = asker.standin.now();
        let instances = asker.ec2(&[("Action", "DescribeInstances")]).await.ok_xml();
        let mut named = BTreeMap::new();
        let reservations = &instances.child("reservationSet").children;
        for instance in reservations.iter().flat_map(|it| &it.child("instancesSet").children) {
            for mapping in &instance.child("blockDeviceMapping").children {
                let volume = mapping.child("ebs").child("volumeId").text.clone();
                named.insert(volume, instance.child("instanceId").text.clone());
            }
        }
        let volumes = asker.ec2(&[VOLUMES]).await.ok_xml();
        let mut attached = BTreeMap::new();
        for volume in &volumes.child("volumeSet").children {
            let id = volume.child("volumeId").text.clone();
            match (volume.child("status").text.as_str(), &volume.child("attachmentSet").children[..]) {
                ("in-use", [attachment]) => {
                    attached.insert(id, attachment.child("instanceId").text.clone());
                }
                ("available", []) => left += 1,
                other => panic!("{id}: {other:?}"),
            }
        }
        assert_eq!(attached, named, "{region}");
        assert!(attached.len() > 10, "{region}");
        let account = asker.standin.fleet().accounts()[account].id().clone();
        assert!(asker.standin.lives().volumes(&account, region, now).len() >= attached.len());
    }
    assert!(left > 0, "no volume was left behind");
}

#[tokio::test]
async fn some_snapshots_are_of_volumes_that_are_gone_and_copies_of_none() {
    let mut asker = Asker::on_a_wednesday().await;
    for (region, copies) in [("us-east-1", 0), ("eu-west-1", 6)] {
        asker.region = region;
        let volumes = texts(&asker.ec2(&[VOLUMES]).await.ok_xml(), "volumeSet", "volumeId");
        let volumes: BTreeSet<_> = volumes.into_iter().collect();
        let of = texts(&asker.ec2(&[SNAPSHOTS]).await.ok_xml(), "snapshotSet", "volumeId");
        let gone = of.iter().filter(|id| !volumes.contains(*id) && *id != "vol-ffffffff").count();
        let there = of.iter().filter(|id| volumes.contains(*id)).count();
        assert!(there > 30 && gone > 10, "{region}: {there} {gone}");
        assert_eq!(of.iter().filter(|id| *id == "vol-ffffffff").count(), copies, "{region}");
    }
}

#[tokio::test]
async fn a_snapshot_is_pending_until_it_is_completed() {
    let asker = Asker::on_a_wednesday().await;
    let (account, region) = (asker.standin.fleet().accounts()[0].id().clone(), "us-east-1");
    // The next night's first one.
    let tomorrow = asker.standin.now() + Duration::from_hours(18);
    let snapshots = asker.standin.lives().snapshots(&account, region, tomorrow);
    let next = snapshots.into_iter().find(|it| it.started > asker.standin.now()).expect("one a night");
    let half = next.started.as_second().midpoint(next.completed.as_second()) - asker.standin.now().as_second();
    asker.standin.advance_clock(Duration::from_secs(u64::try_from(half).expect("later")));
    let ask = async || {
        let answer = asker.ec2(&[SNAPSHOTS, ("SnapshotId.1", &next.id)]).await.ok_xml();
        answer.child("snapshotSet").children[0].clone()
    };
    let pending = ask().await;
    assert_eq!(pending.child("status").text, "pending");
    assert!(pending.find("completionTime").is_none() && pending.child("progress").text != "100%");
    asker.standin.advance_clock(Duration::from_mins(20));
    let completed = ask().await;
    assert_eq!(
        (completed.child("status").text.as_str(), completed.child("progress").text.as_str()),
        ("completed", "100%")
    );
    assert_eq!(completed.child("completionTime").text, next.completed.to_string());
}

#[tokio::test]
async fn filters_ids_and_owners_narrow_them() {
    let asker = Asker::on_a_wednesday().await;
    let filter = |name, value| vec![("Filter.1.Name", name), ("Filter.1.Value.1", value)];
    let count = async |action, more: Vec<(&str, &str)>| {
        let parameters: Vec<_> = std::iter::once(action).chain(more).collect();
        let root = asker.ec2(&parameters).await.ok_xml();
        root.child(if action == VOLUMES { "volumeSet" } else { "snapshotSet" }).children.len()
    };
    let volumes = count(VOLUMES, Vec::new()).await;
    let [used, left] =
        [count(VOLUMES, filter("status", "in-use")).await, count(VOLUMES, filter("status", "available")).await];
    assert_eq!(used + left, volumes);
    assert_eq!(count(VOLUMES, filter("attachment.device", "*")).await, used);
    assert!(count(VOLUMES, filter("tag:Name", "*-data")).await < volumes);

    let snapshots = count(SNAPSHOTS, Vec::new()).await;
    let schedules = ["nightly", "monthly"];
    let [nightly, monthly] = [
        count(SNAPSHOTS, filter("tag:Schedule", schedules[0])).await,
        count(SNAPSHOTS, filter("tag:Schedule", schedules[1])).await,
    ];
    assert!(nightly > 0 && monthly > 0 && nightly + monthly < snapshots);
    assert!((1..monthly).contains(&count(SNAPSHOTS, filter("storage-tier", "archive")).await));
    for (owner, expected) in [("self", snapshots), ("111122223333", snapshots), ("444455556666", 0), ("amazon", 0)] {
        assert_eq!(count(SNAPSHOTS, vec![("Owner.1", owner)]).await, expected, "{owner}");
    }
    for (parameters, code) in [
        (vec![VOLUMES, ("VolumeId.1", "vol-0123456789abcdef0")], "InvalidVolume.NotFound"),
        (vec![SNAPSHOTS, ("SnapshotId.1", "snap-0123456789abcdef0")], "InvalidSnapshot.NotFound"),
        (vec![SNAPSHOTS, ("RestorableBy.1", "self")], "UnknownParameter"),
        (vec![SNAPSHOTS, ("MaxResults", "1001")], "InvalidParameterValue"),
        (vec![VOLUMES, ("NextToken", "garbage")], "InvalidParameterValue"),
        (vec![VOLUMES, ("Filter.1.Name", "colour"), ("Filter.1.Value.1", "red")], "InvalidParameterValue"),
    ] {
        assert_eq!(asker.ec2(&parameters).await.xml_error(), (400, code.to_owned()), "{parameters:?}");
    }
}

/// As it was recorded: the snapshot is the only thing that differs.
#[tokio::test]
async fn a_snapshot_or_volume_that_does_not_exist_is_not_found() {
    let asker = Asker::start().await;
    let (_, _, message) = asker.ec2(&[SNAPSHOTS, ("SnapshotId.1", "snap-0d16416527e67c663")]).await.error();
    assert_eq!(message, "The snapshot 'snap-0d16416527e67c663' does not exist.");
    let (_, _, message) = asker.ec2(&[VOLUMES, ("VolumeId.1", "vol-04c1b309bb8d18d71")]).await.error();
    assert_eq!(message, "The volume 'vol-04c1b309bb8d18d71' does not exist.");
}
