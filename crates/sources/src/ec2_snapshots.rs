use std::collections::{BTreeMap, HashSet};

use aws_sdk_ec2::types;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ec2_times::rfc3339;
use crate::pages::every_page;
use crate::{Aws, FetchError, ListShape, MadeOldBy, Scope, ScopeRule, Source, TtlPolicy, ec2_tags};

const DESCRIBE_SNAPSHOTS: &str = "ec2:DescribeSnapshots";
const DESCRIBE_VOLUMES: &str = "ec2:DescribeVolumes";
/// The most that `DescribeSnapshots` allows.
const PAGE_SIZE: i32 = 1_000;
/// What `DescribeVolumes` allowed before it allowed more.
const PAGE_OF_VOLUMES: i32 = 500;
/// The account of whoever asks, whichever that is.
const SELF: &str = "self";

/// The calls that write snapshots, or take their volumes away.
const WRITES: &[&str] = &[
    "CopySnapshot",
    "CreateImage",
    "CreateSnapshot",
    "CreateSnapshots",
    "DeleteSnapshot",
    "DeleteVolume",
    "ImportSnapshot",
    "ModifySnapshotTier",
    "RestoreSnapshotFromRecycleBin",
    "RestoreSnapshotTier",
];

/// The data type `ec2-snapshots`.
#[derive(Debug)]
pub(crate) struct Ec2Snapshots;

/// The EBS snapshots that an account owns in a region, by `snapshotId`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct SnapshotsAnswer {
    snapshots: Vec<Snapshot>,
}

/// One snapshot. What AWS doesn't say is null.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Snapshot {
    /// `snap-` and its id.
    pub(crate) snapshot_id: String,
    /// What its tag `Name` says, if it says something.
    pub(crate) name: Option<String>,
    /// In EC2's words: `pending`, `completed`, `error`, `recoverable` or `recovering`.
    pub(crate) state: Option<String>,
    /// The volume that it was made of; `vol-ffffffff` for a copy, which was made of none.
    pub(crate) volume_id: Option<String>,
    /// Whether that volume is still there, in the same region; null for a snapshot that names none.
    pub(crate) volume_exists: Option<bool>,
    /// The size of the volume in GiB.
    pub(crate) volume_size: Option<i32>,
    /// When it was begun, in RFC 3339.
    pub(crate) start_time: Option<String>,
    /// When it was done, in RFC 3339.
    pub(crate) completion_time: Option<String>,
    /// How far it is: `100%`.
    pub(crate) progress: Option<String>,
    /// Whether it is encrypted.
    pub(crate) encrypted: Option<bool>,
    /// The ARN of the key that it is encrypted with.
    pub(crate) kms_key_id: Option<String>,
    /// `standard` or `archive`.
    pub(crate) storage_tier: Option<String>,
    /// What people, or the service that made it, wrote about it.
    pub(crate) description: Option<String>,
    /// The account that owns it.
    pub(crate) owner_id: Option<String>,
    /// The tags, by key.
    pub(crate) tags: BTreeMap<String, String>,
}

impl Source for Ec2Snapshots {
    const NAME: &'static str = "ec2-snapshots";
    const SUMMARY: &'static str = "Own snapshots with their volume, size, progress and tags";
    const PATH: &'static str = "/ec2/snapshots";
    const TTL: TtlPolicy = TtlPolicy::UNLISTED;
    const SCOPE: ScopeRule = ScopeRule::RegionAndAccount;
    const IAM_ACTIONS: &'static [&'static str] = &[DESCRIBE_SNAPSHOTS, DESCRIBE_VOLUMES];
    const MADE_OLD_BY: &'static [MadeOldBy] =
        &[MadeOldBy::Calls { service: "ec2", names: WRITES }, MadeOldBy::TagsOf("snap-")];
    const LIST: Option<ListShape> = Some(ListShape { member: "snapshots", id: "snapshotId" });

    type Answer = SnapshotsAnswer;

    async fn fetch(aws: &Aws, scope: &Scope) -> Result<SnapshotsAnswer, FetchError> {
        let ec2 = aws.ec2(scope.require_region(DESCRIBE_SNAPSHOTS)?);
        let pages = ec2.describe_snapshots().owner_ids(SELF).into_paginator().page_size(PAGE_SIZE);
        let told = every_page(DESCRIBE_SNAPSHOTS, pages.send(), |page| (page.next_token, page.snapshots)).await?;
        // The volumes come second: one that was made meanwhile, and then its snapshot, would seem to be gone.
        let volumes = if told.is_empty() { HashSet::new() } else { volume_ids(&ec2).await? };
        let snapshots = told.into_iter().map(|of| snapshot(of, &volumes));
        let mut snapshots = snapshots.collect::<Result<Vec<_>, _>>()?;
        snapshots.sort_by(|a, b| a.snapshot_id.cmp(&b.snapshot_id));
        // One that moved from page to page is there once, as it was told first.
        snapshots.dedup_by(|a, b| a.snapshot_id == b.snapshot_id);
        Ok(SnapshotsAnswer { snapshots })
    }
}

async fn volume_ids(ec2: &aws_sdk_ec2::Client) -> Result<HashSet<String>, FetchError> {
    let pages = ec2.describe_volumes().into_paginator().page_size(PAGE_OF_VOLUMES);
    let volumes = every_page(DESCRIBE_VOLUMES, pages.send(), |page| (page.next_token, page.volumes)).await?;
    let ids = volumes.into_iter().map(|volume| volume.volume_id);
    ids.map(|id| id.ok_or_else(|| FetchError::without(DESCRIBE_VOLUMES, "volumeId"))).collect()
}

fn snapshot(of: types::Snapshot, volumes: &HashSet<String>) -> Result<Snapshot, FetchError> {
    let tags = ec2_tags::by_key(of.tags);
    Ok(Snapshot {
        snapshot_id: of.snapshot_id.ok_or_else(|| FetchError::without(DESCRIBE_SNAPSHOTS, "snapshotId"))?,
        name: ec2_tags::name(&tags),
        state: of.state.map(|state| state.as_str().to_owned()),
        volume_exists: of.volume_id.as_ref().map(|id| volumes.contains(id)),
        volume_id: of.volume_id,
        volume_size: of.volume_size,
        start_time: rfc3339(of.start_time),
        completion_time: rfc3339(of.completion_time),
        progress: of.progress,
        encrypted: of.encrypted,
        kms_key_id: of.kms_key_id,
        storage_tier: of.storage_tier.map(|tier| tier.as_str().to_owned()),
        description: of.description.filter(|text| !text.is_empty()),
        owner_id: of.owner_id,
        tags,
    })
}

#[cfg(test)]
mod tests;
