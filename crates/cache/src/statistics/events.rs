use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde::{Deserialize, Serialize};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        #[derive(Default)]
        pub(crate) struct EventCounters { $(pub(crate) $name: AtomicU64),* }

        /// How often what should be rare happened, since the process began.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
        #[serde(rename_all = "camelCase", default)]
        pub struct Events { $($(#[$doc])* pub $name: u64),* }

        impl EventCounters {
            pub(super) fn report(&self) -> Events {
                Events { $($name: self.$name.load(Relaxed)),* }
            }
        }
    };
}

counters! {
    /// Items that were no entry of this format: poisoned, malformed or older.
    malformed,
    /// Entries that said to be another key's: an alarm.
    foreign,
    /// Entries whose value did not have the digest that they said.
    corrupt,
    /// Chunked entries of which a chunk was missing.
    chunk_missing,
    /// Values larger than what is kept.
    too_large,
    /// Entries found fenced out.
    dead,
    /// Epoch items made because there was none.
    epoch_created,
    /// Times that marks were folded into the floor.
    folded,
    /// Fetches without a look at the epoch.
    bypassed,
    /// Requests turned away because too many such fetches were running.
    overloaded,
    /// Requests that joined another's fetch.
    collapsed,
    /// Entries that were fetched ahead of requests, and were first used here: each saved a request its wait for a fetch.
    warmed_used,
    /// Leases taken over from a holder that stopped renewing.
    lease_taken_over,
    /// Writes that lost to an entry with a newer fence, or to whoever took the lease over.
    superseded,
    /// Entries that could not be written to the store.
    write_failed,
}
