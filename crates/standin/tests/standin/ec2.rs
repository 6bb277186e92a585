use std::collections::BTreeSet;

use crate::ask::Asker;
use crate::xml::Node;

const SUBNETS: (&str, &str) = ("Action", "DescribeSubnets");
const TYPES: (&str, &str) = ("Action", "DescribeInstanceTypes");

fn ids(root: &Node) -> Vec<String> {
    let set = root.child("subnetSet").children.iter();
    set.map(|item| item.child("subnetId").text.clone()).collect()
}

#[tokio::test]
async fn all_subnets_come_out_page_by_page() {
    let asker = Asker::start().await;
    let whole = asker.ec2(&[SUBNETS]).await.ok_xml();
    assert_eq!(whole.name, "DescribeSubnetsResponse");
    assert!(whole.find("nextToken").is_none());
    let expected = asker.standin.fleet().subnets(asker.standin.fleet().accounts()[0].id(), "us-east-1");
    assert_eq!(ids(&whole), expected.iter().map(|it| it.id.clone()).collect::<Vec<_>>());

    let (mut seen, mut token) = (Vec::new(), None::<String>);
    loop {
        let mut parameters = vec![SUBNETS, ("MaxResults", "50")];
        parameters.extend(token.as_deref().map(|token| ("NextToken", token)));
        let page = asker.ec2(&parameters).await.ok_xml();
        assert!(ids(&page).len() <= 50);
        seen.extend(ids(&page));
        token = page.find("nextToken").map(|it| it.text.clone());
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen, ids(&whole));
}

#[tokio::test]
async fn filters_and_ids_narrow_the_subnets() {
    let asker = Asker::start().await;
    let filter = |name, value| [SUBNETS, ("Filter.1.Name", name), ("Filter.1.Value.1", value)];
    let ipv6 = asker.ec2(&filter("ipv6-native", "true")).await.ok_xml();
    let [only] = &ipv6.child("subnetSet").children[..] else { panic!("one IPv6-only subnet") };
    assert!(only.find("cidrBlock").is_none());
    let staging = asker.ec2(&filter("tag:Tier", "drs-*")).await.ok_xml();
    assert_eq!(ids(&staging).len(), 30);
    let team = asker.ec2(&filter("tag:Team", "Storage & Recovery <dr>")).await.ok_xml();
    assert!(!ids(&team).is_empty());
    let one = asker.ec2(&[SUBNETS, ("SubnetId.1", &ids(&staging)[7])]).await.ok_xml();
    assert_eq!(ids(&one), [ids(&staging)[7].clone()]);
}

#[tokio::test]
async fn bad_parameters_have_ec2_s_codes() {
    let asker = Asker::start().await;
    let token = asker.ec2(&[SUBNETS, ("MaxResults", "5")]).await.ok_xml().child("nextToken").text.clone();
    for (parameters, code) in [
        (vec![SUBNETS, ("MaxResults", "4")], "InvalidParameterValue"),
        (vec![SUBNETS, ("MaxResults", "1001")], "InvalidParameterValue"),
        (vec![TYPES, ("MaxResults", "4")], "InvalidParameterValue"),
        (vec![TYPES, ("MaxResults", "101")], "InvalidParameterValue"),
        (vec![TYPES, ("MaxResults", "all")], "InvalidParameterValue"),
        (vec![SUBNETS, ("NextToken", "garbage")], "InvalidParameterValue"),
        (vec![TYPES, ("NextToken", &token)], "InvalidParameterValue"),
        (vec![SUBNETS, ("Filter.1.Name", "colour"), ("Filter.1.Value.1", "red")], "InvalidParameterValue"),
        (vec![SUBNETS, ("SubnetId.1", "subnet-1")], "InvalidSubnetID.NotFound"),
        (vec![SUBNETS, ("SubnetId.1", "subnet-1"), ("MaxResults", "5")], "InvalidSubnetID.NotFound"),
        (vec![TYPES, ("InstanceType.1", "m5.large"), ("MaxResults", "5")], "InvalidParameterCombination"),
        (vec![TYPES, ("InstanceType.1", "m5.tiny")], "InvalidInstanceType"),
        (vec![SUBNETS, ("Colour", "red")], "UnknownParameter"),
        (vec![("Action", "DescribeRegions"), ("RegionName.1", "mars-1")], "InvalidParameterValue"),
    ] {
        let reply = asker.ec2(&parameters).await;
        assert_eq!(reply.xml_error(), (400, code.to_owned()), "{parameters:?}");
    }
    let dry = asker.ec2(&[SUBNETS, ("DryRun", "true")]).await;
    assert_eq!(dry.xml_error(), (412, "DryRunOperation".into()));
}

#[tokio::test]
async fn regions_are_those_opted_in_unless_all_are_asked_for() {
    let asker = Asker::start().await;
    let names = |root: Node| -> BTreeSet<String> {
        let rows = root.child("regionInfo").children.iter();
        rows.map(|row| row.child("regionName").text.clone()).collect()
    };
    let action = ("Action", "DescribeRegions");
    let usable = names(asker.ec2(&[action]).await.ok_xml());
    assert_eq!(usable, asker.standin.fleet().regions().iter().map(ToString::to_string).collect());
    let all = names(asker.ec2(&[action, ("AllRegions", "true")]).await.ok_xml());
    assert!(all.len() > usable.len() && all.is_superset(&usable));
}
