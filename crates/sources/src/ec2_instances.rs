use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types;
use aws_smithy_types::DateTime;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ec2_times::rfc3339;
use crate::pages::every_page;
use crate::servers::{DESCRIBE_INSTANCES, ended};
use crate::{Aws, FetchError, ListShape, MadeOldBy, Scope, ScopeRule, Source, TtlPolicy, ec2_tags};

/// The most that `DescribeInstances` allows.
const PAGE_SIZE: i32 = 1_000;

/// The calls that write what is told of an instance and bring no state change with them.
const WRITES: &[&str] = &[
    "AssignIpv6Addresses",
    "AssociateAddress",
    "AssociateIamInstanceProfile",
    "AttachNetworkInterface",
    "AttachVolume",
    "DetachNetworkInterface",
    "DetachVolume",
    "DisassociateAddress",
    "DisassociateIamInstanceProfile",
    "ModifyInstanceAttribute",
    "ModifyNetworkInterfaceAttribute",
    "ReplaceIamInstanceProfileAssociation",
    "UnassignIpv6Addresses",
];

/// The data type `ec2-instances`.
#[derive(Debug)]
pub(crate) struct Ec2Instances;

/// The instances of an account in a region, by `instanceId`. One that was terminated is among them for up to an hour.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct InstancesAnswer {
    instances: Vec<Instance>,
}

/// One instance. What AWS doesn't say is null.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Instance {
    /// `i-` and its id.
    pub(crate) instance_id: String,
    /// What its tag `Name` says, if it says something.
    pub(crate) name: Option<String>,
    /// In EC2's words: `pending`, `running`, `stopping`, `stopped`, `shutting-down` or `terminated`.
    pub(crate) state: Option<String>,
    /// Why it is in that state, with a code first: `Client.UserInitiatedShutdown: User initiated shutdown`.
    pub(crate) state_reason: Option<String>,
    /// Who brought its state about, and when: `User initiated (2025-11-02 12:30:00 GMT)`.
    pub(crate) state_transition_reason: Option<String>,
    /// When it was last stopped or terminated by a call, in RFC 3339, as the transition's reason tells it. One that was
    /// shut down from inside has none.
    pub(crate) stopped_at: Option<String>,
    /// `m7i.large`
    pub(crate) instance_type: Option<String>,
    /// The AMI that it was launched from.
    pub(crate) image_id: Option<String>,
    /// `x86_64` or `arm64`, and others.
    pub(crate) architecture: Option<String>,
    /// What its system is billed as: `Linux/UNIX`.
    pub(crate) platform_details: Option<String>,
    /// `spot`, `scheduled` or `capacity-block`; null for one on demand.
    pub(crate) lifecycle: Option<String>,
    /// When it was last launched or started, in RFC 3339.
    pub(crate) launch_time: Option<String>,
    /// `us-east-1a`: a name that may mean another place in another account.
    pub(crate) availability_zone: Option<String>,
    /// The VPC that it is in.
    pub(crate) vpc_id: Option<String>,
    /// The subnet of its primary interface.
    pub(crate) subnet_id: Option<String>,
    /// The primary private IPv4 address.
    pub(crate) private_ip_address: Option<String>,
    /// The public IPv4 address.
    pub(crate) public_ip_address: Option<String>,
    /// The IPv6 addresses of all of its interfaces.
    pub(crate) ipv6_addresses: Vec<String>,
    /// The security groups of its primary interface, by `groupId`.
    pub(crate) security_groups: Vec<SecurityGroupName>,
    /// The volumes that are attached to it, by `deviceName`.
    pub(crate) block_devices: Vec<AttachedVolume>,
    /// The ARN of the instance profile that gives it its role.
    pub(crate) iam_instance_profile_arn: Option<String>,
    /// The key pair that it was launched with.
    pub(crate) key_name: Option<String>,
    /// The account that owns the reservation.
    pub(crate) owner_id: Option<String>,
    /// `r-` and its id: what was launched by one call.
    pub(crate) reservation_id: Option<String>,
    /// The tags, by key.
    pub(crate) tags: BTreeMap<String, String>,
}

/// A security group as its instances name it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecurityGroupName {
    /// `sg-` and its id.
    pub(crate) group_id: Option<String>,
    /// The group's name.
    pub(crate) group_name: Option<String>,
}

/// A volume at its instance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AttachedVolume {
    /// `/dev/xvda`
    pub(crate) device_name: Option<String>,
    /// `vol-` and its id.
    pub(crate) volume_id: Option<String>,
}

impl Source for Ec2Instances {
    const NAME: &'static str = "ec2-instances";
    const SUMMARY: &'static str = "Instances with their state, type, network, volumes and tags";
    const PATH: &'static str = "/ec2/instances";
    const TTL: TtlPolicy = TtlPolicy::UNLISTED;
    const SCOPE: ScopeRule = ScopeRule::RegionAndAccount;
    const IAM_ACTIONS: &'static [&'static str] = &[DESCRIBE_INSTANCES];
    const MADE_OLD_BY: &'static [MadeOldBy] =
        &[MadeOldBy::StateChange, MadeOldBy::Calls { service: "ec2", names: WRITES }, MadeOldBy::TagsOf("i-")];
    const LIST: Option<ListShape> = Some(ListShape { member: "instances", id: "instanceId" });

    type Answer = InstancesAnswer;

    async fn fetch(aws: &Aws, scope: &Scope) -> Result<InstancesAnswer, FetchError> {
        let ec2 = aws.ec2(scope.require_region(DESCRIBE_INSTANCES)?);
        let pages = ec2.describe_instances().into_paginator().page_size(PAGE_SIZE);
        let reservations = every_page(DESCRIBE_INSTANCES, pages.send(), |page| (page.next_token, page.reservations));
        let instances = reservations.await?.into_iter().flat_map(instances_of);
        let mut instances = instances.collect::<Result<Vec<_>, _>>()?;
        instances.sort_by(|a, b| a.instance_id.cmp(&b.instance_id));
        // One that moved from page to page is there once, as it was told first.
        instances.dedup_by(|a, b| a.instance_id == b.instance_id);
        Ok(InstancesAnswer { instances })
    }
}

fn instances_of(reservation: types::Reservation) -> impl Iterator<Item = Result<Instance, FetchError>> {
    let (reservation_id, owner_id) = (reservation.reservation_id, reservation.owner_id);
    let instances = reservation.instances.into_iter().flatten();
    instances.map(move |of| instance(of, reservation_id.clone(), owner_id.clone()))
}

fn instance(
    of: types::Instance,
    reservation_id: Option<String>,
    owner_id: Option<String>,
) -> Result<Instance, FetchError> {
    let tags = ec2_tags::by_key(of.tags);
    let ended_at = of.state_transition_reason.as_deref().and_then(ended);
    Ok(Instance {
        instance_id: of.instance_id.ok_or_else(|| FetchError::without(DESCRIBE_INSTANCES, "instanceId"))?,
        name: ec2_tags::name(&tags),
        state: of.state.and_then(|state| state.name).map(|name| name.as_str().to_owned()),
        state_reason: of.state_reason.and_then(|reason| said(reason.message).or(said(reason.code))),
        stopped_at: rfc3339(ended_at.map(DateTime::from_secs)),
        state_transition_reason: said(of.state_transition_reason),
        instance_type: of.instance_type.map(|name| name.as_str().to_owned()),
        image_id: of.image_id,
        architecture: of.architecture.map(|name| name.as_str().to_owned()),
        platform_details: of.platform_details,
        lifecycle: of.instance_lifecycle.map(|name| name.as_str().to_owned()),
        launch_time: rfc3339(of.launch_time),
        availability_zone: of.placement.and_then(|placement| placement.availability_zone),
        vpc_id: said(of.vpc_id),
        subnet_id: said(of.subnet_id),
        private_ip_address: said(of.private_ip_address),
        public_ip_address: said(of.public_ip_address),
        ipv6_addresses: ipv6_addresses(of.ipv6_address, of.network_interfaces),
        security_groups: security_groups(of.security_groups),
        block_devices: block_devices(of.block_device_mappings),
        iam_instance_profile_arn: of.iam_instance_profile.and_then(|profile| profile.arn),
        key_name: said(of.key_name),
        owner_id,
        reservation_id,
        tags,
    })
}

/// EC2 says an empty text where there is nothing to say.
fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn ipv6_addresses(primary: Option<String>, interfaces: Option<Vec<types::InstanceNetworkInterface>>) -> Vec<String> {
    let of_interfaces = interfaces.into_iter().flatten().flat_map(|it| it.ipv6_addresses.unwrap_or_default());
    let addresses = of_interfaces.filter_map(|address| address.ipv6_address).chain(said(primary));
    addresses.collect::<BTreeSet<_>>().into_iter().collect()
}

fn security_groups(groups: Option<Vec<types::GroupIdentifier>>) -> Vec<SecurityGroupName> {
    let groups = groups.into_iter().flatten();
    let groups = groups.map(|of| SecurityGroupName { group_id: of.group_id, group_name: of.group_name });
    groups.collect::<BTreeSet<_>>().into_iter().collect()
}

fn block_devices(mappings: Option<Vec<types::InstanceBlockDeviceMapping>>) -> Vec<AttachedVolume> {
    let mappings = mappings.into_iter().flatten();
    let volumes = mappings
        .map(|of| AttachedVolume { device_name: of.device_name, volume_id: of.ebs.and_then(|ebs| ebs.volume_id) });
    volumes.collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests;
