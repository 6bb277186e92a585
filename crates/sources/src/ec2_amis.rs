use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types;
use serde::Serialize;
use utoipa::ToSchema;

use crate::pages::every_page;
use crate::{Aws, FetchError, ListShape, MadeOldBy, Scope, ScopeRule, Source, TtlPolicy, ec2_tags};

const DESCRIBE_IMAGES: &str = "ec2:DescribeImages";
/// The most that `DescribeImages` allows.
const PAGE_SIZE: i32 = 1_000;
/// The account of whoever asks, whichever that is.
const SELF: &str = "self";

/// The calls that write images.
const WRITES: &[&str] = &[
    "CopyImage",
    "CreateImage",
    "CreateRestoreImageTask",
    "DeregisterImage",
    "DisableImage",
    "DisableImageDeprecation",
    "EnableImage",
    "EnableImageDeprecation",
    "ImportImage",
    "ModifyImageAttribute",
    "RegisterImage",
    "ResetImageAttribute",
    "RestoreImageFromRecycleBin",
];

/// The data type `ec2-amis`.
#[derive(Debug)]
pub(crate) struct Ec2Amis;

/// The AMIs that an account owns in a region, by `imageId`; deprecated and disabled ones too.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct ImagesAnswer {
    images: Vec<Image>,
}

/// One AMI. What AWS doesn't say is null.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Image {
    /// `ami-` and its id.
    pub(crate) image_id: String,
    /// The name that it was registered with.
    pub(crate) name: Option<String>,
    /// What people wrote about it.
    pub(crate) description: Option<String>,
    /// In EC2's words: `available`, `pending`, `disabled`, `failed` and others.
    pub(crate) state: Option<String>,
    /// `x86_64` or `arm64`, and others.
    pub(crate) architecture: Option<String>,
    /// What its system is billed as: `Linux/UNIX`.
    pub(crate) platform_details: Option<String>,
    /// `hvm` or `paravirtual`.
    pub(crate) virtualization_type: Option<String>,
    /// `ebs` or `instance-store`.
    pub(crate) root_device_type: Option<String>,
    /// `/dev/xvda`
    pub(crate) root_device_name: Option<String>,
    /// When it was made, in ISO 8601 as AWS writes it.
    pub(crate) creation_date: Option<String>,
    /// From when on it counts as deprecated, in ISO 8601 as AWS writes it.
    pub(crate) deprecation_time: Option<String>,
    /// When an instance was last launched from it, in ISO 8601 as AWS writes it. AWS tells that a day late.
    pub(crate) last_launched_time: Option<String>,
    /// Whether everybody may launch it.
    pub(crate) public: Option<bool>,
    /// The account that owns it.
    pub(crate) owner_id: Option<String>,
    /// The volumes of an instance that is launched from it, by `deviceName`.
    pub(crate) block_devices: Vec<BlockDevice>,
    /// The tags, by key.
    pub(crate) tags: BTreeMap<String, String>,
}

/// A volume as an AMI describes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BlockDevice {
    /// `/dev/xvda`
    pub(crate) device_name: Option<String>,
    /// The snapshot that it is made of; null for an empty one.
    pub(crate) snapshot_id: Option<String>,
    /// Its size in GiB; null for a disk of the host.
    pub(crate) volume_size: Option<i32>,
}

impl Source for Ec2Amis {
    const NAME: &'static str = "ec2-amis";
    const SUMMARY: &'static str = "Own AMIs with their platform, dates, snapshots and tags";
    const PATH: &'static str = "/ec2/amis";
    const TTL: TtlPolicy = TtlPolicy::UNLISTED;
    const SCOPE: ScopeRule = ScopeRule::RegionAndAccount;
    const IAM_ACTIONS: &'static [&'static str] = &[DESCRIBE_IMAGES];
    const MADE_OLD_BY: &'static [MadeOldBy] =
        &[MadeOldBy::Calls { service: "ec2", names: WRITES }, MadeOldBy::TagsOf("ami-")];
    const LIST: Option<ListShape> = Some(ListShape { member: "images", id: "imageId" });

    type Answer = ImagesAnswer;

    async fn fetch(aws: &Aws, scope: &Scope) -> Result<ImagesAnswer, FetchError> {
        let ec2 = aws.ec2(scope.require_region(DESCRIBE_IMAGES)?);
        // Deprecated ones are told to their owner anyway.
        let request = ec2.describe_images().owners(SELF).include_disabled(true);
        let pages = request.into_paginator().page_size(PAGE_SIZE);
        let images = every_page(DESCRIBE_IMAGES, pages.send(), |page| (page.next_token, page.images));
        let mut images = images.await?.into_iter().map(image).collect::<Result<Vec<_>, _>>()?;
        images.sort_by(|a, b| a.image_id.cmp(&b.image_id));
        // One that moved from page to page is there once, as it was told first.
        images.dedup_by(|a, b| a.image_id == b.image_id);
        Ok(ImagesAnswer { images })
    }
}

fn image(of: types::Image) -> Result<Image, FetchError> {
    Ok(Image {
        image_id: of.image_id.ok_or_else(|| FetchError::without(DESCRIBE_IMAGES, "imageId"))?,
        name: of.name,
        description: of.description.filter(|text| !text.is_empty()),
        state: of.state.map(|state| state.as_str().to_owned()),
        architecture: of.architecture.map(|name| name.as_str().to_owned()),
        platform_details: of.platform_details,
        virtualization_type: of.virtualization_type.map(|name| name.as_str().to_owned()),
        root_device_type: of.root_device_type.map(|name| name.as_str().to_owned()),
        root_device_name: of.root_device_name,
        creation_date: of.creation_date,
        deprecation_time: of.deprecation_time,
        last_launched_time: of.last_launched_time,
        public: of.public,
        owner_id: of.owner_id,
        block_devices: block_devices(of.block_device_mappings),
        tags: ec2_tags::by_key(of.tags),
    })
}

fn block_devices(mappings: Option<Vec<types::BlockDeviceMapping>>) -> Vec<BlockDevice> {
    let devices = mappings.into_iter().flatten().map(|of| {
        let (snapshot_id, volume_size) = of.ebs.map(|ebs| (ebs.snapshot_id, ebs.volume_size)).unwrap_or_default();
        BlockDevice { device_name: of.device_name, snapshot_id, volume_size }
    });
    devices.collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests;
