use jiff::Timestamp;

use super::select::select;
use super::{Paging, check_ids, check_parameters, living_answer, tag_set, tag_values};
use crate::lives::Volume;
use crate::operations::Call;
use crate::request::Form;
use crate::wire::{AwsError, Element};

const PAGING: Paging = Paging { most: 1000, ids: "VolumeId", set: "volumeSet" };

/// The documented filters that the stand-in has values for; it refuses the others as it does unknown ones.
const FILTERS: [&str; 11] = [
    "attachment.device",
    "attachment.instance-id",
    "availability-zone",
    "encrypted",
    "size",
    "snapshot-id",
    "status",
    "tag-key",
    "tag:",
    "volume-id",
    "volume-type",
];

/// `DescribeVolumes`.
pub(crate) fn describe(call: &Call, form: &Form) -> Result<Vec<Element>, AwsError> {
    check_parameters(form, &["VolumeId", "MaxResults", "NextToken"])?;
    let told = |moment| {
        let mut all = call.lives.volumes(call.account.id(), call.region, moment);
        let ids = form.list("VolumeId");
        check_ids(&ids, "InvalidVolume.NotFound", "volume", |id| all.iter().any(|it| it.id == *id))?;
        all.retain(|it| ids.is_empty() || ids.contains(&it.id));
        select(all, &form.filters(), &FILTERS, |it, name| filter_values(it, name, moment))
    };
    living_answer(call, form, &PAGING, told, |volumes, moment| {
        Element::set(PAGING.set, volumes.iter().map(|volume| render(call, volume, moment)))
    })
}

fn filter_values(of: &Volume, name: &str, moment: Timestamp) -> Vec<String> {
    let attached = of.is_attached_at(moment);
    vec![match name {
        "attachment.device" | "attachment.instance-id" if !attached => return Vec::new(),
        "attachment.device" => of.device.to_owned(),
        "attachment.instance-id" => of.instance_id.clone(),
        "availability-zone" => of.availability_zone.clone(),
        "encrypted" => of.kms_key_id.is_some().to_string(),
        "size" => of.size.to_string(),
        "snapshot-id" => of.snapshot_id.clone().unwrap_or_default(),
        "status" => status(of, moment).to_owned(),
        "volume-id" => of.id.clone(),
        "volume-type" => "gp3".to_owned(),
        _ => return tag_values(&tags(of), name),
    }]
}

fn status(of: &Volume, moment: Timestamp) -> &'static str {
    if of.is_attached_at(moment) { "in-use" } else { "available" }
}

fn tags(of: &Volume) -> [(String, String); 1] {
    [("Name".to_owned(), of.name.clone())]
}

fn render(call: &Call, of: &Volume, moment: Timestamp) -> Vec<Element> {
    let attachment = of.is_attached_at(moment).then(|| {
        [
            Element::text("volumeId", &of.id),
            Element::text("instanceId", &of.instance_id),
            Element::text("device", of.device),
            Element::text("status", "attached"),
            Element::text("attachTime", of.created),
            Element::text("deleteOnTermination", of.is_deleted_on_termination()),
        ]
    });
    let mut members = vec![
        Element::text("volumeId", &of.id),
        Element::text("size", of.size),
        Element::text("snapshotId", of.snapshot_id.as_deref().unwrap_or_default()),
        Element::text("availabilityZone", &of.availability_zone),
        Element::text("status", status(of, moment)),
        Element::text("createTime", of.created),
        Element::set("attachmentSet", attachment),
        Element::text("volumeType", "gp3"),
        Element::text("iops", 3_000),
        Element::text("throughput", 125),
        Element::text("encrypted", of.kms_key_id.is_some()),
        Element::text("multiAttachEnabled", false),
    ];
    members.extend(of.kms_key_id.iter().map(|key| Element::text("kmsKeyId", key)));
    members.extend(tag_set(call, &tags(of)));
    members
}
