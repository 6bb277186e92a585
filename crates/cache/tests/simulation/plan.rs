use std::time::Duration;

use larder_cache::{BreakerSettings, FetchOncePer, Key, LeaseSettings, Policy, Refresh, Settings};

use crate::questions;
use crate::random::Random;

/// What kind of fleet a seed makes, decided before it begins.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) containers: usize,
    pub(crate) settings: Settings,
    /// What is asked for, each by the policy of its data type.
    pub(crate) questions: Vec<(Key, Policy)>,
    /// The largest value that one item of the store holds, in bytes.
    pub(crate) largest_inline: usize,
    /// How far wall clocks are from true time, at most, either way; zero if they are right all the time.
    pub(crate) skew: Duration,
    /// How eventful it is.
    pub(crate) mishaps: Mishaps,
    /// What lies between two things that happen, at most.
    pub(crate) pace: Duration,
    /// How long upstream takes, at most, when it is in good shape.
    pub(crate) upstream: Duration,
    pub(crate) steps: u32,
}

/// What may go wrong in a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mishaps {
    /// Nothing but invalidations and failures of upstream.
    None,
    /// The store, too.
    Store,
    /// Containers freeze and die, clocks are set, the epoch is lost, entries are tampered with.
    All,
}

impl Plan {
    pub(crate) fn new(seed: u64) -> Self {
        let random = Random::new(seed, 2);
        let mishaps = random.one_of(&[Mishaps::None, Mishaps::Store, Mishaps::All, Mishaps::All, Mishaps::All]);
        let keys = questions::some(&random);
        let policies: Vec<Policy> = questions::DATA_TYPES.iter().map(|_| policy(&random)).collect();
        let policy_of = |key: &Key| {
            let row = questions::DATA_TYPES.iter().position(|data_type| *data_type == key.data_type());
            policies[row.expect("one of the data types")]
        };
        Self {
            containers: 2 + random.index(5),
            settings: settings(&random),
            questions: keys.into_iter().map(|key| (key.clone(), policy_of(&key))).collect(),
            largest_inline: random.one_of(&[usize::MAX, usize::MAX, 60, 400]),
            skew: random.one_of(&[0, 0, 2_000, 900_000].map(Duration::from_millis)),
            mishaps,
            pace: random.one_of(&[10, 50, 250, 1_000].map(Duration::from_millis)),
            upstream: random.one_of(&[0, 50, 400, 3_000].map(Duration::from_millis)),
            steps: 60 + u32::try_from(random.below(80)).expect("small"),
        }
    }
}

fn policy(random: &Random) -> Policy {
    let seconds = |choices: &[u64]| Duration::from_secs(random.one_of(choices));
    Policy {
        ttl: seconds(&[1, 3, 60, 3_600, 7_200]),
        stale_while_revalidate: seconds(&[0, 2, 60, 3_600]),
        stale_if_error: seconds(&[0, 5, 60, 7_200]),
        fetch_once_per: random.one_of(&[FetchOncePer::Fleet, FetchOncePer::Fleet, FetchOncePer::Process]),
    }
}

fn settings(random: &Random) -> Settings {
    let millis = |choices: &[u64]| Duration::from_millis(random.one_of(choices));
    Settings {
        // None, a few entries' (in one shard: which shard an entry is in is up to quick_cache's hasher, which no seed
        // reaches), or plenty.
        memory_bytes: random.one_of(&[0, 1_500, 4_000, 64 << 20, 64 << 20, 64 << 20]),
        coherence_window: millis(&[0, 0, 500, 2_000]),
        ttl_jitter: random.one_of(&[0.0, 0.1]),
        negative_ttl: millis(&[0, 300, 2_000]),
        forced_fetch_interval: millis(&[0, 700, 10_000]),
        refresh: random.one_of(&[Refresh::InBackground, Refresh::Within(Duration::from_millis(250))]),
        largest_value: random.one_of(&[64 << 20, 64 << 20, 64 << 20, 500]),
        store_timeout: millis(&[1_000, 3_000]),
        breaker: BreakerSettings { failures: random.one_of(&[2, 5]), open_for: millis(&[1_000, 5_000, 60_000]) },
        bypass_concurrency: random.one_of(&[1, 3, 16]),
        bypass_wait: millis(&[300, 2_000]),
        lease: LeaseSettings { duration: millis(&[6_000]), renewal: millis(&[2_000]), poll: millis(&[50, 100]) },
        purge_limit: millis(&[2_000, 20_000]),
        most_marks: random.one_of(&[2, 3, 256]),
    }
}
