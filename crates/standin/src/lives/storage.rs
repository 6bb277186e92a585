//! What servers leave behind, and what they are launched from.

use jiff::Timestamp;

use super::group::Group;
use super::{EbsSnapshot, Image, Life, Lives, Volume, ebs_snapshot, image, second, volume};
use crate::fleet::AccountId;

impl Lives {
    /// The volumes that a region of an account has at a moment, those of the older servers first.
    #[must_use]
    pub fn volumes(&self, account: &AccountId, region: &str, moment: Timestamp) -> Vec<Volume> {
        let there = |volume: &Volume| volume.is_there_at(moment);
        self.volumes_since(account, region, moment - volume::KEPT, moment).filter(there).collect()
    }

    /// The snapshots that an account owns in a region at a moment: backups of its volumes, whether these are there yet or
    /// not, and what its AMIs were made of. The oldest first.
    #[must_use]
    pub fn snapshots(&self, account: &AccountId, region: &str, moment: Timestamp) -> Vec<EbsSnapshot> {
        let since = moment - ebs_snapshot::KEPT - volume::KEPT;
        let volumes = self.volumes_since(account, region, since, moment);
        let backups = volumes.flat_map(|volume| ebs_snapshot::backups(&volume, moment));
        let images = self.images(account, region, moment);
        let mut snapshots: Vec<EbsSnapshot> = backups.chain(images.iter().map(ebs_snapshot::of_image)).collect();
        snapshots.sort_by(|one, other| (one.started, &one.id).cmp(&(other.started, &other.id)));
        snapshots
    }

    /// The AMIs that an account owns in a region at a moment: those that its servers are launched from, and one of each
    /// of the last months that nobody has launched.
    #[must_use]
    pub fn images(&self, account: &AccountId, region: &str, moment: Timestamp) -> Vec<Image> {
        let groups: Vec<&Group> = self.groups.iter().filter(|group| group.is_of(account, region)).collect();
        let Some(place) = groups.first() else { return Vec::new() };
        let monthly = image::monthly(&place.template, moment);
        let used = groups.iter().map(|group| {
            let length = group.kind.chapter().min(second(moment));
            let chapters = self.chapters(group, second(moment) - length..=second(moment));
            let launches =
                chapters.flat_map(|chapter| chapter.lives.iter().map(|life| life.created).collect::<Vec<_>>());
            image::of_group(group, launches.filter(|launch| *launch <= moment).max())
        });
        used.chain(monthly).collect()
    }

    /// The volumes of all servers that were there at some moment of a span.
    fn volumes_since(
        &self,
        account: &AccountId,
        region: &str,
        since: Timestamp,
        moment: Timestamp,
    ) -> impl Iterator<Item = Volume> + use<> {
        let groups = self.groups.iter().filter(|group| group.is_of(account, region));
        let there = |life: &Life| life.created <= moment && life.gone.is_none_or(|gone| gone > since);
        let lives = self.lives(groups, second(since)..=second(moment), there);
        lives.into_iter().flat_map(|life| Volume::of(&life))
    }
}
