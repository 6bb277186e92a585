use crate::promise::Verdict;

/// The store, the containers, and what only the judge of a run knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct State {
    /// The epoch's counter.
    pub(crate) epoch: u8,
    pub(crate) entry: Option<Fill>,
    pub(crate) item: Option<Item>,
    /// How many owner tokens there have been. The next is the one after.
    pub(crate) tokens: u8,
    /// Writes of entries under way. Each lands at any later moment, or never.
    pub(crate) puts: [Option<Fill>; 4],
    /// A conditional put of the lease whose sender died: it lands at any later moment, or never.
    pub(crate) late_take: Option<Over>,
    pub(crate) containers: [Container; 2],
    pub(crate) left: Bounds,
    pub(crate) fetches: u8,
    /// Fetches whose fill had not landed when their holder died, failed or gave up, or was frozen past its lease; each
    /// counts once.
    pub(crate) in_vain: u8,
    pub(crate) verdict: Verdict,
}

/// How often each thing may happen in one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Bounds {
    /// Requests of each container.
    pub(crate) requests: u8,
    pub(crate) invalidations: u8,
    pub(crate) kills: u8,
    pub(crate) renewals: u8,
    /// Fetches that fail, or whose request runs out of time.
    pub(crate) failures: u8,
    /// Writes whose answer is lost.
    pub(crate) lost_answers: u8,
    /// Holders frozen for longer than their lease.
    pub(crate) freezes: u8,
}

/// An entry, filled under a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Fill {
    pub(crate) fence: u8,
    /// How many invalidations were in effect when its fetch began.
    pub(crate) value: u8,
    /// The owner token that it was written under. It ends that lease.
    pub(crate) lease: u8,
}

/// The lease item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Item {
    pub(crate) owner: u8,
    pub(crate) ended: bool,
}

/// What a take may replace, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Over {
    /// Nothing: there must be no lease item.
    Absence,
    /// The owner that the entry found by the latest read names: its holder filled.
    Named(u8),
    /// The owner of an item that was seen ended before the latest read was sent.
    Ended(u8),
    /// An owner that has stood unchanged for the lease's duration.
    RunOut(u8),
}

/// One process, with one load of the key at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Container {
    pub(crate) begun: u8,
    /// The newest invalidation in effect when its request began.
    pub(crate) needs: u8,
    /// The item that refused its last take.
    pub(crate) observed: Option<Item>,
    pub(crate) stage: Stage,
}

/// How far a load has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    #[default]
    Idle,
    /// The batch of the epoch and the entry, which the store reads one by one in any order; under a lease, if it is
    /// the second reading.
    Reading {
        epoch: Option<u8>,
        entry: Option<Option<Fill>>,
        under: Option<u8>,
    },
    /// It found nothing to use, by this look, in an entry that names this owner.
    Looked {
        look: u8,
        named: Option<u8>,
    },
    Fetching {
        owner: u8,
        fence: u8,
        value: u8,
    },
    Writing {
        owner: u8,
        fill: Fill,
        outcome: Outcome,
    },
    /// About to set `ended`.
    Ending {
        owner: u8,
    },
}

/// What is known of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Outcome {
    Unknown,
    Written,
    Superseded,
}

impl State {
    /// Whether somebody else holds the lease by now under which a living process works: that process was frozen.
    pub(crate) fn is_replaced(&self, container: usize) -> bool {
        let held = self.containers[container].stage.held();
        held.is_some() && held != self.item.map(|item| item.owner)
    }
}

impl Over {
    pub(crate) fn owner(self) -> Option<u8> {
        match self {
            Self::Absence => None,
            Self::Named(owner) | Self::Ended(owner) | Self::RunOut(owner) => Some(owner),
        }
    }
}

impl Stage {
    /// The owner token under which a living process works.
    pub(crate) fn held(self) -> Option<u8> {
        match self {
            Self::Reading { under, .. } => under,
            Self::Fetching { owner, .. } | Self::Writing { owner, .. } | Self::Ending { owner } => Some(owner),
            Self::Idle | Self::Looked { .. } => None,
        }
    }

    /// Whether it has fetched, or begun to, and nobody can have found it yet.
    pub(crate) fn is_unfilled_fetch(self) -> bool {
        matches!(self, Self::Fetching { .. } | Self::Writing { outcome: Outcome::Unknown, .. })
    }
}
