use jiff::Timestamp;

use super::select::select;
use super::{Paging, asks_for_own, check_ids, check_parameters, living_answer, tag_set, tag_values};
use crate::lives::EbsSnapshot;
use crate::operations::Call;
use crate::request::Form;
use crate::wire::{AwsError, Element};

const PAGING: Paging = Paging { most: 1000, ids: "SnapshotId", set: "snapshotSet" };

/// The documented filters that the stand-in has values for; it refuses the others as it does unknown ones.
const FILTERS: [&str; 12] = [
    "description",
    "encrypted",
    "owner-id",
    "progress",
    "snapshot-id",
    "start-time",
    "status",
    "storage-tier",
    "tag-key",
    "tag:",
    "volume-id",
    "volume-size",
];

/// `DescribeSnapshots`: nobody shares a snapshot with anybody.
pub(crate) fn describe(call: &Call, form: &Form) -> Result<Vec<Element>, AwsError> {
    check_parameters(form, &["SnapshotId", "Owner", "MaxResults", "NextToken"])?;
    let told = |moment| {
        let mut all = call.lives.snapshots(call.account.id(), call.region, moment);
        let ids = form.list("SnapshotId");
        check_ids(&ids, "InvalidSnapshot.NotFound", "snapshot", |id| all.iter().any(|it| it.id == *id))?;
        all.retain(|it| asks_for_own(call, form) && (ids.is_empty() || ids.contains(&it.id)));
        select(all, &form.filters(), &FILTERS, |it, name| filter_values(it, name, moment))
    };
    living_answer(call, form, &PAGING, told, |snapshots, moment| {
        Element::set(PAGING.set, snapshots.iter().map(|snapshot| render(call, snapshot, moment)))
    })
}

fn filter_values(of: &EbsSnapshot, name: &str, moment: Timestamp) -> Vec<String> {
    vec![match name {
        "description" => of.description.clone(),
        "encrypted" => of.kms_key_id.is_some().to_string(),
        "owner-id" => of.account_id.to_string(),
        "progress" => progress(of, moment),
        "snapshot-id" => of.id.clone(),
        "start-time" => of.started.to_string(),
        "status" => status(of, moment).to_owned(),
        "storage-tier" => of.storage_tier.to_owned(),
        "volume-id" => of.volume_id.clone(),
        "volume-size" => of.volume_size.to_string(),
        _ => return tag_values(&of.tags, name),
    }]
}

fn progress(of: &EbsSnapshot, moment: Timestamp) -> String {
    format!("{}%", of.progress_at(moment))
}

fn status(of: &EbsSnapshot, moment: Timestamp) -> &'static str {
    if of.completed <= moment { "completed" } else { "pending" }
}

fn render(call: &Call, of: &EbsSnapshot, moment: Timestamp) -> Vec<Element> {
    let mut members = vec![
        Element::text("snapshotId", &of.id),
        Element::text("volumeId", &of.volume_id),
        Element::text("status", status(of, moment)),
        Element::text("startTime", of.started),
        Element::text("progress", progress(of, moment)),
        Element::text("ownerId", &of.account_id),
        Element::text("volumeSize", of.volume_size),
        Element::text("description", &of.description),
        Element::text("encrypted", of.kms_key_id.is_some()),
        Element::text("storageTier", of.storage_tier),
    ];
    members.extend(of.kms_key_id.iter().map(|key| Element::text("kmsKeyId", key)));
    if of.completed <= moment {
        members.push(Element::text("completionTime", of.completed));
    }
    members.extend(tag_set(call, &of.tags));
    members
}
