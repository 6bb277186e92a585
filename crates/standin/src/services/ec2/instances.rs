use std::sync::Arc;

use jiff::Timestamp;

use super::select::select;
use super::{Paging, check_parameters, living_answer, tag_set};
use crate::lives::{Described, Hibernation, InstanceState, Life, Market};
use crate::operations::Call;
use crate::request::Form;
use crate::wire::{AwsError, Element};

const PAGING: Paging = Paging { most: 1000, ids: "InstanceId", set: "reservationSet" };

/// The documented filters that the stand-in has values for; it refuses the others as it does unknown ones.
const FILTERS: [&str; 13] = [
    "availability-zone",
    "hibernation-options.configured",
    "instance-id",
    "instance-lifecycle",
    "instance-state-code",
    "instance-state-name",
    "instance-type",
    "owner-id",
    "reservation-id",
    "subnet-id",
    "tag-key",
    "tag:",
    "vpc-id",
];

/// An instance, and what is told of it.
type Instance = (Arc<Life>, Described);

/// `DescribeInstances`: all pages are of the moment of the first.
pub(crate) fn describe(call: &Call, form: &Form) -> Result<Vec<Element>, AwsError> {
    check_parameters(form, &["InstanceId", "MaxResults", "NextToken"])?;
    let told = |moment| {
        let lives = call.lives.at(call.account.id(), call.region, moment).into_iter();
        let mut all: Vec<Instance> =
            lives.filter_map(|life| life.described_at(moment).map(|told| (life, told))).collect();
        let ids = form.list("InstanceId");
        check_ids(&ids, &all)?;
        all.retain(|(life, _)| ids.is_empty() || ids.contains(&life.id));
        select(all, &form.filters(), &FILTERS, filter_values)
    };
    living_answer(call, form, &PAGING, told, |instances, moment| {
        // Instances of one launch are one reservation; they follow one another.
        let reservations = instances.chunk_by(|(one, _), (other, _)| one.reservation_id == other.reservation_id);
        Element::set(PAGING.set, reservations.map(|instances| reservation(call, instances, moment)))
    })
}

fn check_ids(ids: &[String], all: &[Instance]) -> Result<(), AwsError> {
    let well_formed = |id: &str| {
        let digits = id.strip_prefix("i-").unwrap_or_default();
        matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    if let Some(id) = ids.iter().find(|id| !well_formed(id)) {
        let message = format!("Invalid id: \"{id}\"");
        return Err(AwsError::new(400, "InvalidInstanceID.Malformed", message));
    }
    let unknown = ids.iter().filter(|id| all.iter().all(|(life, _)| life.id != **id));
    let unknown: Vec<&str> = unknown.map(String::as_str).collect();
    let message = match unknown[..] {
        [] => return Ok(()),
        [id] => format!("The instance ID '{id}' does not exist"),
        _ => format!("The instance IDs '{}' do not exist", unknown.join(", ")),
    };
    Err(AwsError::new(400, "InvalidInstanceID.NotFound", message))
}

fn filter_values((life, told): &Instance, name: &str) -> Vec<String> {
    let subnet = &life.template.subnet;
    vec![match name {
        "availability-zone" => subnet.availability_zone.clone(),
        "hibernation-options.configured" => hibernates(life).to_string(),
        "instance-id" => life.id.clone(),
        "instance-lifecycle" if life.market == Market::OnDemand => return Vec::new(),
        "instance-lifecycle" => "spot".to_owned(),
        "instance-state-code" => told.state.code().to_string(),
        "instance-state-name" => told.state.as_str().to_owned(),
        "instance-type" => life.instance_type.to_owned(),
        "owner-id" => life.account_id.to_string(),
        "reservation-id" => life.reservation_id.clone(),
        "subnet-id" => subnet.id.clone(),
        "vpc-id" => subnet.vpc_id.clone(),
        "tag-key" => return life.tags.iter().map(|(key, _)| key.clone()).collect(),
        _ => return life.tag(name.strip_prefix("tag:").unwrap_or_default()).map(str::to_owned).into_iter().collect(),
    }]
}

fn reservation(call: &Call, instances: &[Instance], moment: Timestamp) -> Vec<Element> {
    let id = instances.first().map_or("", |(life, _)| &life.reservation_id);
    vec![
        Element::text("reservationId", id),
        Element::text("ownerId", call.account.id()),
        Element::of("groupSet", []),
        Element::set("instancesSet", instances.iter().map(|instance| render(call, instance, moment))),
    ]
}

fn render(call: &Call, (life, told): &Instance, moment: Timestamp) -> Vec<Element> {
    let state = [Element::text("code", told.state.code()), Element::text("name", told.state.as_str())];
    let zone = Element::text("availabilityZone", &life.template.subnet.availability_zone);
    let placement = [zone, Element::text("groupName", ""), Element::text("tenancy", "default")];
    let mut members = vec![
        Element::text("instanceId", &life.id),
        Element::text("imageId", &life.template.image_id),
        Element::of("instanceState", state),
        Element::text("dnsName", ""),
        Element::text("reason", &told.state_transition_reason),
        Element::text("amiLaunchIndex", life.launch_index),
        Element::of("productCodes", []),
        Element::text("instanceType", life.instance_type),
        Element::text("launchTime", told.launch_time),
        Element::of("placement", placement),
        Element::of("monitoring", [Element::text("state", "disabled")]),
        Element::text("architecture", "x86_64"),
        Element::text("rootDeviceType", "ebs"),
        Element::text("rootDeviceName", "/dev/xvda"),
        block_devices(life, moment),
        Element::text("virtualizationType", "hvm"),
        Element::text("hypervisor", "xen"),
        Element::text("ebsOptimized", false),
        Element::text("enaSupport", true),
        Element::of("hibernationOptions", [Element::text("configured", hibernates(life))]),
        Element::text("platformDetails", "Linux/UNIX"),
        Element::text("usageOperation", "RunInstances"),
    ];
    members.extend(told.state_reason.map(|(code, message)| {
        Element::of("stateReason", [Element::text("code", code), Element::text("message", message)])
    }));
    if life.market == Market::Spot {
        members.push(Element::text("instanceLifecycle", "spot"));
    }
    members.extend(
        life.template
            .instance_profile
            .as_ref()
            .map(|(arn, id)| Element::of("iamInstanceProfile", [Element::text("arn", arn), Element::text("id", id)])),
    );
    members.extend(life.template.key_name.map(|name| Element::text("keyName", name)));
    members.extend(tag_set(call, &life.tags));
    members.extend(network(life, told));
    members
}

/// The volumes that it has at a moment.
fn block_devices(life: &Life, moment: Timestamp) -> Element {
    let attached = life.volumes().into_iter().filter(|volume| volume.is_attached_at(moment));
    let mappings = attached.map(|volume| {
        let ebs = [
            Element::text("volumeId", &volume.id),
            Element::text("status", "attached"),
            Element::text("attachTime", volume.created),
            Element::text("deleteOnTermination", volume.is_deleted_on_termination()),
        ];
        [Element::text("deviceName", volume.device), Element::of("ebs", ebs)]
    });
    Element::set("blockDeviceMapping", mappings)
}

/// A terminated instance has left its network.
fn network(life: &Life, told: &Described) -> Vec<Element> {
    let Some(attached) = told.attach_time else { return vec![Element::of("networkInterfaceSet", [])] };
    let (subnet, address) = (&life.template.subnet, life.private_ip_address());
    let (group_id, group_name) = &life.template.security_group;
    let groups =
        || Element::set("groupSet", [[Element::text("groupId", group_id), Element::text("groupName", group_name)]]);
    let place = || [Element::text("subnetId", &subnet.id), Element::text("vpcId", &subnet.vpc_id)];
    let attachment = [
        Element::text("attachmentId", life.network_interface_id().replace("eni-", "eni-attach-")),
        Element::text("deviceIndex", 0),
        Element::text("status", if told.state == InstanceState::Pending { "attaching" } else { "attached" }),
        Element::text("attachTime", attached),
        Element::text("deleteOnTermination", true),
        Element::text("networkCardIndex", 0),
    ];
    let mut interface = vec![
        Element::text("networkInterfaceId", life.network_interface_id()),
        Element::text("ownerId", &life.account_id),
        Element::text("status", "in-use"),
        Element::text("privateIpAddress", &address),
        Element::text("sourceDestCheck", true),
        Element::text("interfaceType", "interface"),
        groups(),
        Element::of("attachment", attachment),
    ];
    interface.extend(place());
    let mut members = vec![
        Element::text("privateIpAddress", &address),
        Element::text("sourceDestCheck", true),
        groups(),
        Element::set("networkInterfaceSet", [interface]),
    ];
    members.extend(place());
    members.extend(life.public_ip_address(told).map(|address| Element::text("ipAddress", address)));
    members
}

fn hibernates(life: &Life) -> bool {
    life.hibernation == Hibernation::Configured
}
