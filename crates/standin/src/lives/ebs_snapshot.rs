use jiff::civil::{Date, Time, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::image::Image;
use super::seed::draw;
use super::volume::{Backup, Volume};
use crate::fleet::AccountId;

/// How long the longest kept backup is there.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(MONTHLY_DAYS * 24);
const MONTHLY_DAYS: i64 = 93;
const NIGHTLY_DAYS: i64 = 7;
/// When a backup is old enough to be put where it costs less.
const ARCHIVED_AFTER: SignedDuration = SignedDuration::from_hours(60 * 24);
/// What EC2 says of a copy, which was made of no volume of the region.
const NO_VOLUME: &str = "vol-ffffffff";

/// A snapshot of an EBS volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EbsSnapshot {
    /// `snap-` and 17 hexadecimal digits.
    pub id: String,
    /// Whose it is.
    pub account_id: AccountId,
    /// The volume that it was made of, which may be gone; `vol-ffffffff` for a copy.
    pub volume_id: String,
    /// The size of the volume in GiB.
    pub volume_size: u32,
    /// When it was begun.
    pub started: Timestamp,
    /// When it is done.
    pub completed: Timestamp,
    /// The ARN of the key that it is encrypted with, if it is.
    pub kms_key_id: Option<String>,
    /// `standard` or `archive`.
    pub storage_tier: &'static str,
    /// What it is for.
    pub description: String,
    /// Key and value, in the order of their keys.
    pub tags: Vec<(String, String)>,
}

impl EbsSnapshot {
    /// How much of it is done at a moment, in percent.
    #[must_use]
    pub fn progress_at(&self, moment: Timestamp) -> i64 {
        let whole = self.completed.as_second() - self.started.as_second();
        let done = moment.as_second() - self.started.as_second();
        (done.clamp(0, whole) * 100).checked_div(whole).unwrap_or(100)
    }
}

/// The backups of a volume that are there at a moment.
pub(super) fn backups(volume: &Volume, moment: Timestamp) -> Vec<EbsSnapshot> {
    let today = moment.to_zoned(TimeZone::UTC).date();
    let days = |count: i64| (0..=count).filter_map(move |back| today.checked_sub(back.days()).ok());
    let nights = days(if volume.backup == Backup::Nightly { NIGHTLY_DAYS } else { 0 });
    let nights = nights.filter(|_| volume.backup == Backup::Nightly).map(|day| (day, NIGHT));
    let firsts = days(MONTHLY_DAYS).filter(|day| day.day() == 1 && volume.backup != Backup::Never);
    let all = nights.chain(firsts.map(|day| (day, FIRST)));
    let made = all.filter_map(|(day, schedule)| backup(volume, day, &schedule, moment));
    made.filter(|it| volume.is_there_at(it.started) && it.started <= moment).collect()
}

/// When backups are made, and what they are called.
struct Schedule {
    name: &'static str,
    at: Time,
}

const NIGHT: Schedule = Schedule { name: "nightly", at: time(3, 0, 0, 0) };
const FIRST: Schedule = Schedule { name: "monthly", at: time(4, 0, 0, 0) };

fn backup(volume: &Volume, day: Date, schedule: &Schedule, moment: Timestamp) -> Option<EbsSnapshot> {
    let number = draw(10, (&volume.id, day, schedule.name));
    let [minutes, seconds, ..] = number.to_be_bytes();
    let due = day.to_datetime(schedule.at).to_zoned(TimeZone::UTC).ok()?.timestamp();
    let started = due + i64::from(minutes % 40).minutes() + i64::from(seconds % 60).seconds();
    let archived = moment.duration_since(started) > ARCHIVED_AFTER;
    Some(EbsSnapshot {
        id: format!("snap-0{number:016x}"),
        account_id: volume.account_id.clone(),
        volume_id: volume.id.clone(),
        volume_size: volume.size,
        started,
        completed: started + i64::from(2 + seconds % 18).minutes(),
        kms_key_id: volume.kms_key_id.clone(),
        storage_tier: if archived { "archive" } else { "standard" },
        description: format!("{} backup of {}", schedule.name, volume.name),
        tags: vec![
            ("CreatedBy".to_owned(), "backup".to_owned()),
            ("Name".to_owned(), format!("{}-{day}", volume.name)),
            ("Schedule".to_owned(), schedule.name.to_owned()),
        ],
    })
}

/// What an image's root volume is made of. Where the image is a copy, so is this; else the volume of the server that
/// built it is long gone.
pub(super) fn of_image(image: &Image) -> EbsSnapshot {
    let number = draw(11, &image.id);
    let volume_id = match image.copied_from {
        Some(_) => NO_VOLUME.to_owned(),
        None => format!("vol-0{number:016x}"),
    };
    let description = match image.copied_from {
        Some(region) => format!("[Copied snap-0{number:016x} from {region}] {}", image.name),
        None => format!("Created by CreateImage(i-0{number:016x}) for {} from {volume_id}", image.id),
    };
    EbsSnapshot {
        id: image.snapshot_id.clone(),
        account_id: image.account_id.clone(),
        volume_id,
        volume_size: image.volume_size,
        started: image.created,
        completed: image.created + 4.minutes(),
        kms_key_id: None,
        storage_tier: "standard",
        description,
        tags: Vec::new(),
    }
}
