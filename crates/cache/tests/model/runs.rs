use crate::lease::{self, Lease};
use crate::marks::{self, Marked};
use crate::reading::{self, Reading};

const ONE_INVALIDATION: reading::Bounds = reading::Bounds {
    requests: 2,
    invalidations: 1,
    fetches: 2,
    kills: 0,
    drops: 0,
    losses: 0,
    ticks: 0,
    failures: 0,
    cuts: 0,
    lapses: 0,
};

/// Fence and joining, with no coherence window: two invalidations and a kill, whatever the order.
pub(crate) const STRICT: Reading = reading_of(0, reading::Bounds { invalidations: 2, kills: 1, ..ONE_INVALIDATION });
/// The epoch item is lost.
pub(crate) const LOST_EPOCH: Reading =
    reading_of(0, reading::Bounds { invalidations: 2, losses: 1, ..ONE_INVALIDATION });
/// It is lost, and a process is killed, between two invalidations.
pub(crate) const LOST_AND_KILLED: Reading =
    reading_of(0, reading::Bounds { requests: 1, invalidations: 2, losses: 1, kills: 1, ..ONE_INVALIDATION });
/// The request that leads a flight is dropped.
pub(crate) const DROPPED: Reading = reading_of(0, reading::Bounds { invalidations: 2, drops: 1, ..ONE_INVALIDATION });
/// A coherence window of one tick.
pub(crate) const WINDOW: Reading = reading_of(1, reading::Bounds { invalidations: 2, ticks: 2, ..ONE_INVALIDATION });
/// A container can't reach the store.
pub(crate) const CUT_OFF: Reading = reading_of(0, reading::Bounds { cuts: 1, kills: 1, ..ONE_INVALIDATION });
/// And all that is cached grows stale, and upstream fails.
pub(crate) const OUTAGE: Reading =
    reading_of(0, reading::Bounds { cuts: 1, failures: 1, lapses: 1, ..ONE_INVALIDATION });

/// Three invalidations of any selector, and one fold.
pub(crate) const FOLD: Marked =
    marked(marks::Bounds { requests: 2, invalidations: 3, fetches: 2, folds: 1, kills: 0, losses: 0 });
/// And the epoch item is lost, and a process is killed.
pub(crate) const FOLD_AND_LOSS: Marked =
    marked(marks::Bounds { requests: 1, invalidations: 3, fetches: 2, folds: 1, kills: 1, losses: 1 });

const NO_LEASE: lease::Bounds =
    lease::Bounds { requests: 2, invalidations: 0, kills: 0, renewals: 0, failures: 0, lost_answers: 0, freezes: 0 };

/// The lease, two invalidations and a kill.
pub(crate) const LEASE: Lease = leased(lease::Bounds { invalidations: 2, kills: 1, ..NO_LEASE });
/// Everything that can go wrong for a holder, once each, around one cold key.
pub(crate) const COLD_KEY: Lease =
    leased(lease::Bounds { kills: 1, renewals: 1, failures: 1, lost_answers: 1, freezes: 1, ..NO_LEASE });
/// The same around an invalidation, renewals left out.
pub(crate) const HOLDERS_IN_TROUBLE: Lease =
    leased(lease::Bounds { invalidations: 1, kills: 1, failures: 1, lost_answers: 1, freezes: 1, ..NO_LEASE });
/// Nothing goes wrong.
pub(crate) const CALM: Lease = leased(NO_LEASE);

const fn reading_of(window: u8, bounds: reading::Bounds) -> Reading {
    Reading { bounds, window, mutation: None, witness: None }
}

const fn marked(bounds: marks::Bounds) -> Marked {
    Marked { bounds, mutation: None, witness: None }
}

const fn leased(bounds: lease::Bounds) -> Lease {
    Lease { bounds, mutation: None, witness: None }
}
