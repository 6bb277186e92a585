use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::group::{Group, Template};
use super::moment;
use super::seed::draw;
use super::volume::snapshot_of_image;
use crate::fleet::AccountId;

/// How many monthly images are kept; the oldest of them is disabled.
const MONTHS: i32 = 6;
const DAY: i64 = 86_400;

/// An AMI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// `ami-` and 17 hexadecimal digits.
    pub id: String,
    /// Unique among the account's images of a region.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whose it is.
    pub account_id: AccountId,
    /// When it was registered.
    pub created: Timestamp,
    /// From when on it counts as deprecated, if people said so.
    pub deprecated: Option<Timestamp>,
    /// When a server was last launched from it.
    pub last_launched: Option<Timestamp>,
    /// Whether nobody may launch it any more.
    pub disabled: bool,
    /// What its root volume is made of.
    pub snapshot_id: String,
    /// The size of its root volume in GiB.
    pub volume_size: u32,
    /// The region that it was copied from, if it was.
    pub copied_from: Option<&'static str>,
    /// Key and value, in the order of their keys.
    pub tags: Vec<(String, String)>,
}

/// The one that a group's servers are launched from, made days before the first of them.
pub(super) fn of_group(group: &Group, last_launched: Option<Timestamp>) -> Image {
    let template = &group.template;
    let days = i64::try_from(draw(12, &template.image_id) % 20).unwrap_or_default() + 2;
    Image {
        name: format!("{}-base", template.name),
        description: format!("What {} is launched from", template.name),
        last_launched,
        ..image(template, template.image_id.clone(), moment(group.since - days * DAY))
    }
}

/// One of each of the last months: built in the fleet's first region, and copied from there to the others.
pub(super) fn monthly(template: &Template, now: Timestamp) -> impl Iterator<Item = Image> {
    let this_month = now.to_zoned(TimeZone::UTC).date().first_of_month();
    let months = (0..=MONTHS).filter_map(move |back| this_month.checked_sub(back.months()).ok());
    let built = months.filter_map(|month| of_month(template, month));
    // Before the second of a month, its image is not there yet.
    let mut images: Vec<Image> = built.filter(|image| image.created <= now).collect();
    images.truncate(usize::try_from(MONTHS).unwrap_or_default());
    if let Some(oldest) = images.last_mut() {
        oldest.disabled = true;
    }
    images.into_iter().rev()
}

fn of_month(template: &Template, month: Date) -> Option<Image> {
    let built = month.checked_add(1.day()).ok()?.at(2, 17, 0, 0).to_zoned(TimeZone::UTC).ok()?.timestamp();
    let id = format!("ami-0{:016x}", draw(13, (&template.account_id, template.region, month)));
    let name = format!("golden-{}", month.strftime("%Y.%m"));
    Some(Image {
        description: format!("Golden image of {}", month.strftime("%B %Y")),
        deprecated: Some(built + (90 * 24).hours()),
        copied_from: template.images_from,
        tags: vec![("Pipeline".to_owned(), "golden".to_owned())],
        name,
        ..image(template, id, if template.images_from.is_some() { built + 25.minutes() } else { built })
    })
}

/// One without a name.
fn image(template: &Template, id: String, created: Timestamp) -> Image {
    Image {
        name: String::new(),
        description: String::new(),
        account_id: template.account_id.clone(),
        created,
        deprecated: None,
        last_launched: None,
        disabled: false,
        snapshot_id: snapshot_of_image(&id),
        volume_size: 8,
        copied_from: None,
        tags: Vec::new(),
        id,
    }
}
