use crate::epoch::Epoch;
use crate::promise::Verdict;

/// Everything: the store, the containers in front of it, and what only the judge of a run knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) containers: [Container; 2],
    /// Time, in coherence windows.
    pub(crate) now: u8,
    /// What may still happen.
    pub(crate) left: Bounds,
    /// How many invalidations are in effect now, were at the end of the last tick, and of the one before. The first
    /// names a value whose fetch begins now.
    pub(crate) effective: [u8; 3],
    pub(crate) verdict: Verdict,
}

/// How often each thing may happen in one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Bounds {
    /// Requests of each container.
    pub(crate) requests: u8,
    pub(crate) invalidations: u8,
    pub(crate) fetches: u8,
    /// Containers killed.
    pub(crate) kills: u8,
    /// Requests dropped while they lead a flight.
    pub(crate) drops: u8,
    /// Losses of the epoch item.
    pub(crate) losses: u8,
    /// Ticks of the clock.
    pub(crate) ticks: u8,
    /// Fetches that fail.
    pub(crate) failures: u8,
    /// Containers cut off from the store.
    pub(crate) cuts: u8,
    /// Moments at which all that is cached grows stale.
    pub(crate) lapses: u8,
}

/// The shared table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Store {
    pub(crate) epoch: Option<Epoch>,
    /// The epoch before the last write, which a replica may still answer.
    pub(crate) lagging: Option<Epoch>,
    /// How many incarnations of the epoch item there have been.
    pub(crate) incarnations: u8,
    pub(crate) entry: Option<Entry>,
    /// Writes under way. Each lands at any later moment, or never, whatever became of who sent it.
    pub(crate) puts: [Option<Entry>; 2],
}

/// A value with its fence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Entry {
    /// None if no look preceded the fetch; then it is kept nowhere.
    pub(crate) fence: Option<Epoch>,
    /// How many invalidations were in effect when its fetch began.
    pub(crate) value: u8,
    /// Past its TTL: usable if upstream fails, by policy.
    pub(crate) stale: bool,
}

/// When something began in a container: by its clock, and by an order that no clock can disturb.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Start {
    pub(crate) sequence: u8,
    pub(crate) at: u8,
}

/// What a container saw of the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Look {
    pub(crate) epoch: Epoch,
    pub(crate) sent: Start,
}

/// One process.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Container {
    pub(crate) memory: Option<Entry>,
    pub(crate) newest: Option<Look>,
    pub(crate) look_read: Option<LookRead>,
    pub(crate) flight: Option<Flight>,
    pub(crate) requests: [Request; 2],
    /// The store is out of its reach.
    pub(crate) cut_off: bool,
}

/// A read of the epoch alone, shared by the requests that it is new enough for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct LookRead {
    pub(crate) leader: usize,
    pub(crate) sent: Start,
    pub(crate) seen: Seen,
}

/// How far a read of the epoch has come, and what it saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Seen {
    Nothing,
    /// There is no epoch item.
    Absence,
    /// Since there was none, the making of one was asked for.
    Creating,
    Epoch(Epoch),
}

/// The one fetch of a container, with the read that precedes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Flight {
    pub(crate) leader: usize,
    pub(crate) phase: Phase,
}

/// How far a flight has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    /// The batch of the epoch and the entry, which the store reads one by one in any order.
    Reading {
        sent: Start,
        seen: Seen,
        entry: Option<Option<Entry>>,
    },
    Fetching {
        began: Start,
        fence: Option<Epoch>,
        value: u8,
    },
    Writing {
        began: Start,
        entry: Entry,
    },
}

/// What a flight brought to who joined it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Landed {
    /// With the moment its fetch began, if this container fetched it.
    Entry(Entry, Option<Start>),
    Failure(Start),
}

/// One question put to the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Request {
    pub(crate) stage: Stage,
    pub(crate) start: Start,
    /// How many invalidations were over when it began: in effect, and the window past.
    pub(crate) needs: u8,
}

/// How far a request has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    #[default]
    Unborn,
    /// Memory has an entry; its look at the epoch is too old.
    Looking,
    Leading,
    Joined,
    /// The flight landed. What it brought is not judged yet.
    Offered(Landed),
    Over,
}

impl State {
    pub(crate) fn new(bounds: Bounds) -> Self {
        let store = Store { epoch: Some(Epoch::default()), incarnations: 1, ..Store::default() };
        Self { store, containers: Default::default(), now: 0, left: bounds, effective: [0; 3], verdict: Verdict::Open }
    }
}
