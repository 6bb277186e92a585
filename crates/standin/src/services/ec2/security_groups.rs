use super::select::select;
use super::{Paging, answer, check_parameters, tag_set};
use crate::fleet::{IpPermission, SecurityGroup};
use crate::operations::Call;
use crate::request::Form;
use crate::wire::{AwsError, Element};

const PAGING: Paging = Paging { most: 1000, ids: "GroupId", set: "securityGroupInfo" };

/// The documented filters that the stand-in has values for; it refuses the others as it does unknown ones.
const FILTERS: [&str; 11] = [
    "description",
    "group-id",
    "group-name",
    "ip-permission.cidr",
    "ip-permission.from-port",
    "ip-permission.group-id",
    "ip-permission.protocol",
    "owner-id",
    "tag-key",
    "tag:",
    "vpc-id",
];

/// `DescribeSecurityGroups`.
pub(crate) fn describe(call: &Call, form: &Form) -> Result<Vec<Element>, AwsError> {
    check_parameters(form, &["GroupId", "MaxResults", "NextToken"])?;
    let all = call.fleet.security_groups(call.account.id(), call.region);
    let ids = form.list("GroupId");
    if let Some(unknown) = ids.iter().find(|id| all.iter().all(|it| it.id != **id)) {
        let message = format!("The security group '{unknown}' does not exist");
        return Err(AwsError::new(400, "InvalidGroup.NotFound", message));
    }
    let wanted = all.iter().filter(|it| ids.is_empty() || ids.contains(&it.id));
    let owner = call.account.id().as_str();
    let groups = select(wanted.collect(), &form.filters(), &FILTERS, |it, name| filter_values(owner, it, name))?;
    answer(call, form, &PAGING, &groups, |group| render(call, group))
}

fn filter_values(owner: &str, group: &SecurityGroup, name: &str) -> Vec<String> {
    let ingress = group.ingress.iter();
    match name {
        "description" => vec![group.description.clone()],
        "group-id" => vec![group.id.clone()],
        "group-name" => vec![group.name.clone()],
        "ip-permission.cidr" => ingress.flat_map(|it| it.ipv4.iter().map(|(block, _)| block.clone())).collect(),
        "ip-permission.from-port" => ingress.filter_map(|it| Some(it.ports?.0.to_string())).collect(),
        "ip-permission.group-id" => ingress.flat_map(|it| it.groups.clone()).collect(),
        "ip-permission.protocol" => ingress.map(|it| it.protocol.to_owned()).collect(),
        "owner-id" => vec![owner.to_owned()],
        "tag-key" => group.tags.iter().map(|(key, _)| key.clone()).collect(),
        "vpc-id" => vec![group.vpc_id.clone()],
        _ => {
            let key = name.strip_prefix("tag:").unwrap_or_default();
            let tags = group.tags.iter().filter(|(own, _)| own == key);
            tags.map(|(_, value)| value.clone()).collect()
        }
    }
}

fn render(call: &Call, group: &SecurityGroup) -> Vec<Element> {
    let account = call.account.id();
    let permissions =
        |name, all: &[IpPermission]| Element::set(name, all.iter().map(|it| permission(account.as_str(), it)));
    let mut members = vec![
        Element::text("ownerId", account),
        Element::text("groupId", &group.id),
        Element::text("groupName", &group.name),
        Element::text("groupDescription", &group.description),
        Element::text("vpcId", &group.vpc_id),
        Element::text("securityGroupArn", format!("arn:aws:ec2:{}:{account}:security-group/{}", call.region, group.id)),
        permissions("ipPermissions", &group.ingress),
        permissions("ipPermissionsEgress", &group.egress),
    ];
    members.extend(tag_set(call, &group.tags));
    members
}

fn permission(owner: &str, of: &IpPermission) -> Vec<Element> {
    let mut members = vec![Element::text("ipProtocol", of.protocol)];
    members
        .extend(of.ports.iter().flat_map(|(from, to)| [Element::text("fromPort", from), Element::text("toPort", to)]));
    let groups = of.groups.iter().map(|id| [Element::text("userId", owner), Element::text("groupId", id)]);
    let ipv4 = of.ipv4.iter().map(|(block, description)| {
        let description = description.map(|text| Element::text("description", text));
        [Some(Element::text("cidrIp", block)), description].into_iter().flatten()
    });
    members.extend([
        Element::set("groups", groups),
        Element::set("ipRanges", ipv4),
        Element::set("ipv6Ranges", of.ipv6.iter().map(|block| [Element::text("cidrIpv6", block)])),
        Element::set("prefixListIds", of.prefix_lists.iter().map(|id| [Element::text("prefixListId", id)])),
    ]);
    members
}
