use std::collections::BTreeSet;

use crate::ask::Asker;
use crate::xml::Node;

const IMAGES: (&str, &str) = ("Action", "DescribeImages");
/// Disabled ones too.
const ALL: (&str, &str) = ("IncludeDisabled", "true");

fn texts(root: &Node, member: &str) -> Vec<String> {
    root.child("imagesSet").children.iter().map(|item| item.child(member).text.clone()).collect()
}

#[tokio::test]
async fn instances_are_launched_from_images_that_were_there_before_them() {
    let asker = Asker::on_a_wednesday().await;
    let images = asker.ec2(&[IMAGES, ("Owner.1", "self")]).await.ok_xml();
    let launched = asker.ec2(&[("Action", "DescribeInstances")]).await.ok_xml();
    let reservations = &launched.child("reservationSet").children;
    let mut used = BTreeSet::new();
    for instance in reservations.iter().flat_map(|it| &it.child("instancesSet").children) {
        let image = instance.child("imageId").text.clone();
        let found = images.child("imagesSet").children.iter().find(|it| it.child("imageId").text == image);
        let found = found.expect("it is the account's own");
        let launch: jiff::Timestamp = instance.child("launchTime").text.parse().expect("a moment");
        assert!(found.child("creationDate").text.parse::<jiff::Timestamp>().expect("a moment") < launch);
        assert!(found.child("lastLaunchedTime").text.parse::<jiff::Timestamp>().is_ok());
        used.insert(image);
    }
    assert!(used.len() > 5 && texts(&images, "imageId").len() > used.len(), "{used:?}");
}

#[tokio::test]
async fn the_snapshot_of_each_image_is_there() {
    let mut asker = Asker::on_a_wednesday().await;
    for region in ["us-east-1", "us-west-2"] {
        asker.region = region;
        let snapshots = asker.ec2(&[("Action", "DescribeSnapshots")]).await.ok_xml();
        let snapshots: BTreeSet<_> = {
            let set = snapshots.child("snapshotSet").children.iter();
            set.map(|it| it.child("snapshotId").text.clone()).collect()
        };
        let images = asker.ec2(&[IMAGES, ALL]).await.ok_xml();
        for image in &images.child("imagesSet").children {
            let snapshot = &image.child("blockDeviceMapping").children[0].child("ebs").child("snapshotId").text;
            assert!(snapshots.contains(snapshot), "{region}: {snapshot}");
        }
    }
}

#[tokio::test]
async fn filters_ids_owners_and_states_narrow_the_images() {
    let asker = Asker::on_a_wednesday().await;
    let ask = async |more: &[(&str, &str)]| {
        let parameters: Vec<_> = std::iter::once(IMAGES).chain(more.iter().copied()).collect();
        asker.ec2(&parameters).await.ok_xml()
    };
    let (all, usable) = (ask(&[ALL]).await, ask(&[]).await);
    let disabled: Vec<_> = texts(&all, "imageState").into_iter().filter(|state| state == "disabled").collect();
    assert_eq!((texts(&all, "imageId").len(), disabled.len()), (texts(&usable, "imageId").len() + 1, 1));
    let golden = ask(&[ALL, ("Filter.1.Name", "name"), ("Filter.1.Value.1", "golden-*")]).await;
    let names = ["06", "07", "08", "09", "10", "11"].map(|month| format!("golden-2025.{month}"));
    assert_eq!(texts(&golden, "name"), names, "as of November, the oldest first");
    let one = &texts(&golden, "imageId")[3];
    assert_eq!(texts(&ask(&[("ImageId.1", one)]).await, "imageId"), std::slice::from_ref(one));
    assert!(texts(&ask(&[("Owner.1", "amazon")]).await, "imageId").is_empty());
    for (parameters, code) in [
        (vec![IMAGES, ("ImageId.1", "ami-0123456789abcdef0")], "InvalidAMIID.NotFound"),
        (vec![IMAGES, ("ExecutableBy.1", "all")], "UnknownParameter"),
        (vec![IMAGES, ("Filter.1.Name", "colour"), ("Filter.1.Value.1", "red")], "InvalidParameterValue"),
    ] {
        assert_eq!(asker.ec2(&parameters).await.xml_error(), (400, code.to_owned()), "{parameters:?}");
    }
}

#[tokio::test]
async fn regions_without_instances_have_none() {
    let mut asker = Asker::start().await;
    asker.region = "eu-central-1";
    for (action, set) in
        [("DescribeImages", "imagesSet"), ("DescribeSnapshots", "snapshotSet"), ("DescribeVolumes", "volumeSet")]
    {
        assert!(asker.ec2(&[("Action", action)]).await.ok_xml().child(set).children.is_empty(), "{action}");
    }
}

/// What a page must not take for a part of itself, and nothing else counts on.
#[tokio::test]
async fn one_instance_has_a_name_that_looks_like_html_and_is_none_of_the_application() {
    let mut asker = Asker::on_a_wednesday().await;
    let mut named = Vec::new();
    for account in [0, 1] {
        for region in ["us-east-1", "us-west-2", "eu-west-1"] {
            (asker.account, asker.region) = (account, region);
            let filter = [("Filter.1.Name", "tag:Name"), ("Filter.1.Value.1", "<img src=x onerror=alert(1)>")];
            let found = asker.ec2(&[&[("Action", "DescribeInstances")], &filter[..]].concat()).await.ok_xml();
            named.extend(found.child("reservationSet").children.clone());
        }
    }
    let [reservation] = &named[..] else { panic!("{} of them", named.len()) };
    let instance = &reservation.child("instancesSet").children[0];
    assert_eq!(instance.child("instanceState").child("name").text, "running");
    let keys: Vec<_> = instance.child("tagSet").children.iter().map(|tag| tag.child("key").text.as_str()).collect();
    assert_eq!(keys, ["Kind", "Name"]);
}
