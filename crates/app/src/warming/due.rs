use std::cmp::Reverse;

use larder_cache::store::Listed;
use larder_cache::{Key, Renewal};

use super::period::Period;

/// A key that is to be fetched ahead of requests.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) key: Key,
    pub(super) renewal: Renewal,
    /// What its entry will have been once it is fetched again; `None` where there is nothing to tell.
    pub(super) replaces: Option<Fate>,
    urgency: (u64, Reverse<Option<u64>>),
}

/// What a warmed entry turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// A request was served from it.
    Saved,
    /// None was.
    Wasted,
}

impl Fate {
    /// That of an entry; only warmed ones have any.
    pub(super) fn of(entry: &Listed) -> Option<Self> {
        entry.warmed.then_some(if entry.used_at.is_some() { Self::Saved } else { Self::Wasted })
    }
}

impl Due {
    /// A key that is kept warm whether or not it is used, with its entry if there is one.
    pub(super) fn kept(key: Key, entry: Option<&Listed>, period: &Period) -> Self {
        Self::with(key, Renewal::OfAny(period.fresh_enough()), entry, period)
    }

    /// The key of an entry that was used.
    pub(super) fn used(key: Key, entry: &Listed, period: &Period) -> Self {
        Self::with(key, Renewal::OfUsed(period.fresh_enough()), Some(entry), period)
    }

    fn with(key: Key, renewal: Renewal, entry: Option<&Listed>, period: &Period) -> Self {
        // One whose end this run sees is told of whatever becomes of its key.
        let replaces = entry.filter(|entry| !period.has_seen_the_end_of(entry)).and_then(Fate::of);
        // Of those that expire in the same minute, the one that was used last is the likeliest to be asked for next.
        // What has no entry, or none that was fetched lately, may be what can't be had: last, it stops nothing used.
        let ending = entry.filter(|entry| period.is_the_last_of(entry));
        let minute = ending.map_or(u64::MAX, |entry| entry.expires_at / 60_000);
        Self { key, renewal, replaces, urgency: (minute, Reverse(entry.and_then(|entry| entry.used_at))) }
    }
}

/// The most urgent first: what expires soonest; at last kept keys that have no entry, or one that expired long ago.
pub(super) fn sort(due: &mut [Due]) {
    due.sort_by_key(|due| due.urgency);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::inspection::key_of;

    const MINUTE: u64 = 60_000;

    fn due(region: &str, expires_at: u64, used_at: u64) -> Due {
        let key = format!("ec2-subnets#{region}#111122223333");
        let entry = Listed {
            key: key.clone(),
            data_type: "ec2-subnets".to_owned(),
            region: region.to_owned(),
            account_id: "111122223333".to_owned(),
            created_at: 0,
            expires_at,
            used_at: Some(used_at),
            warmed: true,
            size: 2,
            fenced: None,
        };
        Due::used(key_of(&key).expect("a key"), &entry, &Period::around(20 * MINUTE, Duration::from_mins(5)))
    }

    #[test]
    fn what_expires_first_goes_first_and_of_the_same_minute_what_was_used_last_and_what_is_missing_last() {
        let missing = key_of("ec2-subnets#eu-west-1#111122223333").expect("a key");
        let mut order = [
            Due::kept(missing, None, &Period::around(20 * MINUTE, Duration::from_mins(5))),
            due("us-east-1", 23 * MINUTE, 9),
            due("us-east-2", 22 * MINUTE, 4),
            due("us-west-1", 22 * MINUTE + 10, 5),
            due("us-west-2", 21 * MINUTE, 1),
            due("ca-central-1", 15 * MINUTE, 1),
        ];
        sort(&mut order);
        let regions = order.each_ref().map(|due| due.key.scope().region.clone().expect("one"));
        assert_eq!(regions, ["us-west-2", "us-west-1", "us-east-2", "us-east-1", "ca-central-1", "eu-west-1"]);
    }

    #[test]
    fn an_entry_whose_end_was_seen_is_not_told_of_again_when_it_is_replaced() {
        assert_eq!(due("us-east-1", 20 * MINUTE + 1, 9).replaces, Some(Fate::Saved));
        assert_eq!(due("us-east-1", 20 * MINUTE, 9).replaces, None);
    }
}
