use std::time::Duration;

use crate::answer::Failure;
use crate::store::StoreError;

/// When an entry is fetched again although nobody asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// If it was used since its fetch, is alive, and stays fresh for no longer than that. What was used by nobody dies
    /// with its TTL, and what an invalidation killed is fetched for whoever asks.
    OfUsed(Duration),
    /// If it stays fresh for no longer than that, used or not, or there is none.
    OfAny(Duration),
}

/// What came of a renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewed {
    /// It was fetched, and other processes find it in the store.
    Fetched,
    /// It stays fresh for long enough, or is being fetched for a request of this process.
    Fresh,
    /// There is nothing to renew: no entry, a dead one, or one that nobody has used.
    NotWanted,
}

/// Why an entry was not renewed.
#[derive(Debug, thiserror::Error)]
pub enum NotRenewed {
    /// The store did not tell what it holds, so nothing was fetched.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It was fetched, and could not be written to the store.
    #[error("what was fetched could not be written to the store")]
    NotStored,
    /// It was fetched, and is larger than what is kept. The store is not at fault.
    #[error("what was fetched is too large to be kept")]
    TooLarge,
    /// The fetch failed.
    #[error(transparent)]
    Fetch(#[from] Failure),
}

impl Renewal {
    /// What an entry has to be fresh for, and longer, to be left as it is.
    pub(crate) fn left(self) -> Duration {
        match self {
            Self::OfUsed(left) | Self::OfAny(left) => left,
        }
    }
}
