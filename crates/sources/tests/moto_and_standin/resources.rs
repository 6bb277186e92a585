use std::collections::BTreeMap;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use larder_standin::Subnet;
use serde_json::{Value, json};

use crate::mirror::Names;
use crate::pair::{Pair, REGION};

/// A list's items by their id.
fn by_id(answer: &Value, member: &str, id: &str) -> BTreeMap<String, Value> {
    let items = answer[member].as_array().unwrap_or_else(|| panic!("no {member}: {answer}"));
    let of = |item: &Value| item[id].as_str().unwrap_or_else(|| panic!("no {id}: {item}")).to_owned();
    items.iter().map(|item| (of(item), item.clone())).collect()
}

/// Holds that the items are the same, one by one, and so is the rest.
fn check(ours: &Value, theirs: &Value, member: &str, id: &str) {
    let items = by_id(theirs, member, id);
    assert!(items.len() > 50, "{} of {member} prove little", items.len());
    for (id, item) in by_id(ours, member, id) {
        assert_eq!(Some(&item), items.get(&id));
    }
    assert_eq!(ours, theirs);
}

#[tokio::test]
async fn subnets_are_the_same() {
    let pair = Pair::start().await;
    let names = pair.mirror_subnets().await;
    let [mut ours, theirs] = pair.ask("ec2-subnets", &names).await;
    let subnets = pair.standin.fleet().subnets(pair.account().id(), REGION);
    let without_ipv4: Vec<&Subnet> = subnets.iter().filter(|subnet| subnet.cidr_block.is_none()).collect();
    let mirrored = |item: &Value| without_ipv4.iter().all(|subnet| item["subnetId"] != subnet.id);
    ours["subnets"].as_array_mut().expect("a list").retain(mirrored);
    check(&ours, &theirs, "subnets", "subnetId");
}

#[tokio::test]
async fn security_groups_are_the_same() {
    let pair = Pair::start().await;
    let names = pair.mirror_subnets().await;
    let names = pair.mirror_security_groups(names).await;
    let [ours, theirs] = pair.ask("ec2-security-groups", &names).await;
    check(&ours, &theirs, "securityGroups", "groupId");
}

/// The moment when moto made a profile can't be chosen, so only its form is compared.
#[tokio::test]
async fn instance_profiles_are_the_same() {
    let pair = Pair::start().await;
    let names = pair.mirror_instance_profiles().await;
    let mut answers = pair.ask("ec2-instance-profiles", &names).await;
    for profile in answers.iter_mut().flat_map(|answer| answer["instanceProfiles"].as_array_mut().expect("a list")) {
        let created = profile["created"].as_str().unwrap_or_else(|| panic!("no moment: {profile}"));
        DateTime::from_str(created, Format::DateTime).unwrap_or_else(|error| panic!("{error}: {profile}"));
        profile["created"] = json!("some time");
    }
    let [ours, theirs] = answers;
    check(&ours, &theirs, "instanceProfiles", "instanceProfileId");
}

/// The fleet has some of AWS's regions. moto lets everybody use Cape Town, which AWS has disabled until an account opts
/// in, as it does all regions that are younger than March 2019.
#[tokio::test]
async fn regions_are_the_same() {
    const WRONG: &str = "af-south-1";
    let pair = Pair::start().await;
    let [ours, theirs] = pair.ask("ec2-regions", &Names::new()).await;
    let (ours, mut theirs) = (by_id(&ours, "regions", "region"), by_id(&theirs, "regions", "region"));
    let wrong =
        theirs.get_mut(WRONG).map(|region| std::mem::replace(&mut region["optInStatus"], json!("not-opted-in")));
    assert_eq!(wrong, Some(json!("opt-in-not-required")), "moto was mended, and this exception may go");
    assert!(ours.len() > 5 && ours.contains_key(WRONG), "{ours:?}");
    for (name, region) in ours {
        assert_eq!(Some(&region), theirs.get(&name));
    }
}

/// The fleet has some of AWS's types, and moto all.
#[tokio::test]
async fn instance_types_are_the_same() {
    let pair = Pair::start().await;
    let [ours, theirs] = pair.ask("ec2-instance-types", &Names::new()).await;
    let theirs = by_id(&theirs, "instanceTypes", "instanceType");
    let ours = by_id(&ours, "instanceTypes", "instanceType");
    assert!(ours.len() > 100, "{} types prove little", ours.len());
    for (name, info) in ours {
        assert_eq!(Some(&info), theirs.get(&name));
    }
}
