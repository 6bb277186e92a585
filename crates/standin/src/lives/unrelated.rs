//! What else goes on in an account: readers have to page past it.

use rand::RngExt;

use super::seed::rng;
use crate::fleet::AccountId;

const HOUR: i64 = 3_600;

/// A call that has nothing to do with any instance of the fleet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unrelated {
    pub(super) at: i64,
    /// No other has it.
    pub(super) id: u64,
    pub(super) kind: &'static UnrelatedKind,
}

#[derive(Debug)]
pub(super) struct UnrelatedKind {
    pub(super) name: &'static str,
    pub(super) source: &'static str,
    pub(super) read_only: &'static str,
}

const fn kind(name: &'static str, source: &'static str, read_only: &'static str) -> UnrelatedKind {
    UnrelatedKind { name, source, read_only }
}

static KINDS: [UnrelatedKind; 7] = [
    kind("DescribeInstances", "ec2.amazonaws.com", "true"),
    kind("DescribeVolumes", "ec2.amazonaws.com", "true"),
    kind("DescribeInstanceStatus", "ec2.amazonaws.com", "true"),
    kind("CreateTags", "ec2.amazonaws.com", "false"),
    kind("CreateSnapshot", "ec2.amazonaws.com", "false"),
    kind("AuthorizeSecurityGroupIngress", "ec2.amazonaws.com", "false"),
    kind("AssumeRole", "sts.amazonaws.com", "true"),
];

/// Up to twelve in each hour.
pub(super) fn in_hour(seed: u64, place: (&AccountId, &str), hour: i64) -> impl Iterator<Item = Unrelated> + use<> {
    let mut rng = rng(seed, (place, hour));
    let count = rng.random_range(0..=12);
    (0..count).map(move |_| Unrelated {
        at: hour * HOUR + rng.random_range(0..HOUR),
        id: rng.random(),
        kind: &KINDS[rng.random_range(0..KINDS.len())],
    })
}

/// Those from one second up to another, that one too, in no order.
pub(super) fn within(seed: u64, place: (&AccountId, &str), from: i64, to: i64) -> Vec<Unrelated> {
    let hours = from.div_euclid(HOUR)..=to.div_euclid(HOUR);
    let all = hours.flat_map(|hour| in_hour(seed, place, hour));
    all.filter(|it| (from..=to).contains(&it.at)).collect()
}
