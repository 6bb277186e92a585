use super::select::select;
use super::{Paging, answer, check_parameters, tag_set};
use crate::fleet::Subnet;
use crate::operations::Call;
use crate::request::Form;
use crate::wire::{AwsError, Element};

const PAGING: Paging = Paging { most: 1000, ids: "SubnetId", set: "subnetSet" };

/// The documented filters that the stand-in has values for; it refuses the others as it does unknown ones.
const FILTERS: [&str; 17] = [
    "availability-zone",
    "availabilityZone",
    "availability-zone-id",
    "availabilityZoneId",
    "cidr-block",
    "cidr",
    "cidrBlock",
    "default-for-az",
    "defaultForAz",
    "ipv6-native",
    "map-public-ip-on-launch",
    "owner-id",
    "state",
    "subnet-id",
    "tag-key",
    "tag:",
    "vpc-id",
];

/// `DescribeSubnets`.
pub(crate) fn describe(call: &Call, form: &Form) -> Result<Vec<Element>, AwsError> {
    check_parameters(form, &["SubnetId", "MaxResults", "NextToken"])?;
    let all = call.fleet.subnets(call.account.id(), call.region);
    let ids = form.list("SubnetId");
    if let Some(unknown) = ids.iter().find(|id| all.iter().all(|it| it.id != **id)) {
        let message = format!("The subnet ID '{unknown}' does not exist");
        return Err(AwsError::new(400, "InvalidSubnetID.NotFound", message));
    }
    let wanted = all.iter().filter(|it| ids.is_empty() || ids.contains(&it.id));
    let owner = call.account.id().as_str();
    let subnets = select(wanted.collect(), &form.filters(), &FILTERS, |it, name| filter_values(owner, it, name))?;
    answer(call, form, &PAGING, &subnets, |subnet| render(call, subnet))
}

fn filter_values(owner: &str, subnet: &Subnet, name: &str) -> Vec<String> {
    let value = match name {
        "availability-zone" | "availabilityZone" => subnet.availability_zone.clone(),
        "availability-zone-id" | "availabilityZoneId" => subnet.availability_zone_id.clone(),
        "cidr-block" | "cidr" | "cidrBlock" => return subnet.cidr_block.iter().cloned().collect(),
        "default-for-az" | "defaultForAz" => subnet.default_for_az.to_string(),
        "ipv6-native" => subnet.cidr_block.is_none().to_string(),
        "map-public-ip-on-launch" => subnet.map_public_ip_on_launch.to_string(),
        "owner-id" => owner.to_owned(),
        "state" => "available".to_owned(),
        "subnet-id" => subnet.id.clone(),
        "vpc-id" => subnet.vpc_id.clone(),
        "tag-key" => return subnet.tags.iter().map(|(key, _)| key.clone()).collect(),
        _ => {
            let key = name.strip_prefix("tag:").unwrap_or_default();
            let tags = subnet.tags.iter().filter(|(own, _)| own == key);
            return tags.map(|(_, value)| value.clone()).collect();
        }
    };
    vec![value]
}

fn render(call: &Call, subnet: &Subnet) -> Vec<Element> {
    let account = call.account.id();
    let native = subnet.cidr_block.is_none();
    let arn = format!("arn:aws:ec2:{}:{account}:subnet/{}", call.region, subnet.id);
    let mut members = vec![
        Element::text("subnetId", &subnet.id),
        Element::text("subnetArn", arn),
        Element::text("state", "available"),
        Element::text("ownerId", account),
        Element::text("vpcId", &subnet.vpc_id),
        Element::text("availableIpAddressCount", subnet.available_ip_address_count),
        Element::text("availabilityZone", &subnet.availability_zone),
        Element::text("availabilityZoneId", &subnet.availability_zone_id),
        Element::text("defaultForAz", subnet.default_for_az),
        Element::text("mapPublicIpOnLaunch", subnet.map_public_ip_on_launch),
        Element::text("mapCustomerOwnedIpOnLaunch", false),
        Element::text("assignIpv6AddressOnCreation", native),
        Element::text("enableDns64", false),
        Element::text("ipv6Native", native),
    ];
    members.extend(subnet.cidr_block.as_ref().map(|block| Element::text("cidrBlock", block)));
    let associations = subnet.ipv6_cidr_block.iter().map(|(id, block)| {
        [
            Element::text("associationId", id),
            Element::text("ipv6CidrBlock", block),
            Element::of("ipv6CidrBlockState", [Element::text("state", "associated")]),
        ]
    });
    members.push(Element::set("ipv6CidrBlockAssociationSet", associations));
    let host = if native { "resource-name" } else { "ip-name" };
    let names = [
        Element::text("hostnameType", host),
        Element::text("enableResourceNameDnsARecord", false),
        Element::text("enableResourceNameDnsAAAARecord", false),
    ];
    members.push(Element::of("privateDnsNameOptionsOnLaunch", names));
    members.extend(tag_set(call, &subnet.tags));
    members
}
