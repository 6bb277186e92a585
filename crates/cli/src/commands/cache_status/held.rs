use std::collections::BTreeMap;

use jiff::Timestamp;
use larder_app::Entry;
use serde::Serialize;

/// What the store holds of one data type.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Held {
    #[serde(flatten)]
    pub(super) sum: Sum,
    keys: Vec<String>,
    /// By region and account, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scopes: Option<Vec<InScope>>,
}

/// What the store holds of one data type in one region and account.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InScope {
    pub(super) region: Option<String>,
    pub(super) account_id: String,
    #[serde(flatten)]
    pub(super) sum: Sum,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sum {
    pub(super) entries: u64,
    /// Those inside their TTL that no invalidation is known to have killed.
    pub(super) within_ttl: u64,
    /// Those that an invalidation killed.
    pub(super) dead: u64,
    /// Those of which the listing doesn't tell whether one did; `cache inspect` does.
    pub(super) may_be_dead: u64,
    pub(super) bytes: u64,
    pub(super) oldest_seconds: u64,
}

impl Held {
    pub(super) fn new(detailed: bool) -> Self {
        Self { scopes: detailed.then(Vec::new), ..Self::default() }
    }

    pub(super) fn add(&mut self, entry: &Entry, now: Timestamp) {
        self.sum.add(entry, now);
        self.keys.push(entry.key.clone());
        let Some(scopes) = &mut self.scopes else { return };
        let of = |scope: &InScope| (scope.region.clone(), scope.account_id.clone());
        let wanted = (entry.region.clone(), entry.account_id.clone());
        let place = match scopes.binary_search_by_key(&wanted, of) {
            Ok(place) => place,
            Err(place) => {
                scopes.insert(place, InScope { region: wanted.0, account_id: wanted.1, sum: Sum::default() });
                place
            }
        };
        scopes[place].sum.add(entry, now);
    }
}

impl Sum {
    fn add(&mut self, entry: &Entry, now: Timestamp) {
        let age = now.duration_since(entry.created_at).as_secs();
        self.entries += 1;
        self.within_ttl += u64::from(entry.expires_at > now && entry.dead != Some(true));
        self.dead += u64::from(entry.dead == Some(true));
        self.may_be_dead += u64::from(entry.dead.is_none());
        self.bytes += entry.size;
        self.oldest_seconds = self.oldest_seconds.max(u64::try_from(age).unwrap_or_default());
    }
}

/// The newest of the entries that came by, and no more of them than were asked for.
pub(super) struct Recent {
    most: usize,
    entries: BTreeMap<(Timestamp, String), Entry>,
}

impl Recent {
    pub(super) fn of_at_most(most: usize) -> Self {
        Self { most, entries: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, entry: Entry) {
        self.entries.insert((entry.created_at, entry.key.clone()), entry);
        if self.entries.len() > self.most {
            self.entries.pop_first();
        }
    }

    pub(super) fn newest_first(self) -> Vec<Entry> {
        self.entries.into_values().rev().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn entry(region: &str, account: &str, created: i64) -> Entry {
        Entry {
            key: format!("ec2-subnets#{region}#{account}"),
            data_type: "ec2-subnets".to_owned(),
            region: Some(region.to_owned()),
            account_id: account.to_owned(),
            created_at: at(created),
            expires_at: at(created + 300),
            used_at: None,
            size: 10,
            dead: Some(false),
        }
    }

    #[test]
    fn each_region_and_account_is_summed_up_for_itself() {
        let mut held = Held::new(true);
        for (region, account, created) in [("us-west-2", "1", 0), ("us-east-1", "1", 900), ("us-east-1", "1", 800)] {
            held.add(&entry(region, account, created), at(1_100));
        }
        assert_eq!(held.sum, Sum { entries: 3, within_ttl: 1, bytes: 30, oldest_seconds: 1_100, ..Sum::default() });
        let scopes = held.scopes.expect("detailed");
        let regions: Vec<_> = scopes.iter().map(|scope| scope.region.as_deref().expect("a region")).collect();
        assert_eq!(regions, ["us-east-1", "us-west-2"]);
        assert_eq!(scopes[0].sum, Sum { entries: 2, within_ttl: 1, bytes: 20, oldest_seconds: 300, ..Sum::default() });
        assert!(Held::new(false).scopes.is_none());
    }

    #[test]
    fn the_dead_are_told_from_those_within_their_ttl() {
        let mut held = Held::new(false);
        for dead in [Some(true), Some(false), None, None] {
            held.add(&Entry { dead, ..entry("us-east-1", "1", 0) }, at(10));
        }
        let Sum { entries, within_ttl, dead, may_be_dead, .. } = held.sum;
        assert_eq!((entries, within_ttl, dead, may_be_dead), (4, 3, 1, 2));
    }

    #[test]
    fn the_newest_are_kept_whatever_the_order_they_came_in() {
        let mut recent = Recent::of_at_most(2);
        for created in [5, 9, 1, 7] {
            recent.add(entry("us-east-1", &created.to_string(), created));
        }
        let accounts: Vec<_> = recent.newest_first().into_iter().map(|entry| entry.account_id).collect();
        assert_eq!(accounts, ["9", "7"]);
    }
}
