use jiff::{SignedDuration, Timestamp};

use super::kind::Kind;
use super::life::Life;
use super::seed::draw;
use crate::fleet::AccountId;

/// How long a volume is left behind by its server, where termination does not delete it.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// An EBS volume, from its server's launch to its deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// `vol-` and 17 hexadecimal digits.
    pub id: String,
    /// What people call it, which its tag `Name` says.
    pub name: String,
    /// Whose it is.
    pub account_id: AccountId,
    /// Where it is.
    pub region: &'static str,
    /// Such as `us-east-1a`.
    pub availability_zone: String,
    /// In GiB.
    pub size: u32,
    /// Such as `/dev/xvda`.
    pub device: &'static str,
    /// Whose volume it is.
    pub instance_id: String,
    /// When it was made and attached.
    pub created: Timestamp,
    /// When its server was terminated, if it ever is.
    pub detached: Option<Timestamp>,
    /// When it is deleted, if it ever is: with its server, or a month later.
    pub deleted: Option<Timestamp>,
    /// The ARN of the key that it is encrypted with, if it is.
    pub kms_key_id: Option<String>,
    /// The snapshot that it was made of; a data volume began empty.
    pub snapshot_id: Option<String>,
    /// How often it is backed up.
    pub(crate) backup: Backup,
}

/// How often a volume is backed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backup {
    Never,
    /// On the first of each month.
    Monthly,
    /// Each night, and on the first of each month.
    Nightly,
}

impl Volume {
    /// Those of a server.
    pub(super) fn of(life: &Life) -> Vec<Self> {
        let (lasting, data) = match life.template.kind {
            Kind::Office | Kind::AlwaysOn | Kind::Steady => (true, true),
            Kind::Hibernating => (true, false),
            Kind::Spot | Kind::AutoScaling | Kind::Batch | Kind::Restless => (false, false),
        };
        let number = draw(6, &life.id);
        let root = Self {
            id: id_of(life, ROOT),
            name: life.template.name.clone(),
            account_id: life.account_id.clone(),
            region: life.region,
            availability_zone: life.template.subnet.availability_zone.clone(),
            size: [8, 16, 30, 60][usize::from(number.to_be_bytes()[0]) % 4],
            device: ROOT,
            instance_id: life.id.clone(),
            created: life.created,
            detached: life.terminated(),
            deleted: life.terminated(),
            kms_key_id: number.is_multiple_of(2).then(|| key(life)),
            snapshot_id: Some(snapshot_of_image(&life.template.image_id)),
            backup: if lasting { Backup::Monthly } else { Backup::Never },
        };
        let data = data.then(|| Self {
            id: id_of(life, DATA),
            name: format!("{}-data", life.template.name),
            size: [100, 200, 500][usize::from(number.to_be_bytes()[1]) % 3],
            device: DATA,
            deleted: life.terminated().map(|terminated| terminated + KEPT),
            snapshot_id: None,
            backup: Backup::Nightly,
            ..root.clone()
        });
        std::iter::once(root).chain(data).collect()
    }

    /// Whether it is there at a moment.
    #[must_use]
    pub fn is_there_at(&self, moment: Timestamp) -> bool {
        self.created <= moment && self.deleted.is_none_or(|deleted| moment < deleted)
    }

    /// Whether its server has it at a moment.
    #[must_use]
    pub fn is_attached_at(&self, moment: Timestamp) -> bool {
        self.is_there_at(moment) && self.detached.is_none_or(|detached| moment < detached)
    }

    /// Whether it goes with its server.
    #[must_use]
    pub fn is_deleted_on_termination(&self) -> bool {
        self.device == ROOT
    }
}

/// The device that a server's system is on.
pub(super) const ROOT: &str = "/dev/xvda";
const DATA: &str = "/dev/sdf";

fn id_of(life: &Life, device: &str) -> String {
    format!("vol-0{:016x}", draw(7, (&life.id, device)))
}

fn key(life: &Life) -> String {
    let bytes = draw(8, (&life.account_id, life.region));
    let (account, region) = (&life.account_id, life.region);
    format!("arn:aws:kms:{region}:{account}:key/{:08x}-7a1b-4c2d-9e3f-{:012x}", bytes >> 32, bytes & 0xffff_ffff)
}

/// The snapshot that the root volume of an image's servers is made of.
pub(super) fn snapshot_of_image(image_id: &str) -> String {
    format!("snap-0{:016x}", draw(9, image_id))
}
