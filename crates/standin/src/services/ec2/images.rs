use jiff::Timestamp;

use super::select::select;
use super::{Paging, asks_for_own, check_parameters, living_answer, tag_set, tag_values};
use crate::lives::Image;
use crate::operations::Call;
use crate::request::Form;
use crate::wire::{AwsError, Element};

const PAGING: Paging = Paging { most: 1000, ids: "ImageId", set: "imagesSet" };

/// The documented filters that the stand-in has values for; it refuses the others as it does unknown ones.
const FILTERS: [&str; 11] = [
    "architecture",
    "block-device-mapping.snapshot-id",
    "creation-date",
    "description",
    "image-id",
    "is-public",
    "name",
    "owner-id",
    "state",
    "tag-key",
    "tag:",
];

/// `DescribeImages`: nobody shares an image with anybody. Disabled ones are told to who asks for them.
pub(crate) fn describe(call: &Call, form: &Form) -> Result<Vec<Element>, AwsError> {
    let own = ["ImageId", "Owner", "IncludeDeprecated", "IncludeDisabled", "MaxResults", "NextToken"];
    check_parameters(form, &own)?;
    let told = |moment| {
        let mut all = call.lives.images(call.account.id(), call.region, moment);
        let ids = form.list("ImageId");
        if let Some(unknown) = ids.iter().find(|id| all.iter().all(|it| it.id != **id)) {
            let message = format!("The image id '[{unknown}]' does not exist");
            return Err(AwsError::new(400, "InvalidAMIID.NotFound", message));
        }
        let disabled = form.get("IncludeDisabled") == Some("true");
        all.retain(|it| asks_for_own(call, form) && (disabled || !it.disabled));
        all.retain(|it| ids.is_empty() || ids.contains(&it.id));
        select(all, &form.filters(), &FILTERS, filter_values)
    };
    living_answer(call, form, &PAGING, told, |images, _| {
        Element::set(PAGING.set, images.iter().map(|image| render(call, image)))
    })
}

fn filter_values(of: &Image, name: &str) -> Vec<String> {
    vec![match name {
        "architecture" => "x86_64".to_owned(),
        "block-device-mapping.snapshot-id" => of.snapshot_id.clone(),
        "creation-date" => milliseconds(of.created),
        "description" => of.description.clone(),
        "image-id" => of.id.clone(),
        "is-public" => "false".to_owned(),
        "name" => of.name.clone(),
        "owner-id" => of.account_id.to_string(),
        "state" => state(of).to_owned(),
        _ => return tag_values(&of.tags, name),
    }]
}

fn state(of: &Image) -> &'static str {
    if of.disabled { "disabled" } else { "available" }
}

/// The times of images have milliseconds, unlike others of EC2.
fn milliseconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

fn render(call: &Call, of: &Image) -> Vec<Element> {
    let ebs = [
        Element::text("deleteOnTermination", true),
        Element::text("snapshotId", &of.snapshot_id),
        Element::text("volumeSize", of.volume_size),
        Element::text("volumeType", "gp3"),
        Element::text("encrypted", false),
    ];
    let device = [Element::text("deviceName", "/dev/xvda"), Element::of("ebs", ebs)];
    let mut members = vec![
        Element::text("imageId", &of.id),
        Element::text("imageLocation", format!("{}/{}", of.account_id, of.name)),
        Element::text("imageState", state(of)),
        Element::text("imageOwnerId", &of.account_id),
        Element::text("creationDate", milliseconds(of.created)),
        Element::text("isPublic", false),
        Element::text("architecture", "x86_64"),
        Element::text("imageType", "machine"),
        Element::text("name", &of.name),
        Element::text("description", &of.description),
        Element::text("rootDeviceType", "ebs"),
        Element::text("rootDeviceName", "/dev/xvda"),
        Element::set("blockDeviceMapping", [device]),
        Element::text("virtualizationType", "hvm"),
        Element::text("hypervisor", "xen"),
        Element::text("enaSupport", true),
        Element::text("platformDetails", "Linux/UNIX"),
        Element::text("usageOperation", "RunInstances"),
    ];
    members.extend(of.deprecated.map(|time| Element::text("deprecationTime", milliseconds(time))));
    members.extend(of.last_launched.map(|time| Element::text("lastLaunchedTime", milliseconds(time))));
    members.extend(tag_set(call, &of.tags));
    members
}
