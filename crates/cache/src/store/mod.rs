//! The second layer: what a store must do, and the three that do it.

#[cfg(feature = "dynamodb")]
mod dynamodb;
mod in_process;
mod item;
mod mark;
mod position;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use crate::epoch::{Epoch, Fence, Incarnation, Marks};
use crate::key::Key;
use crate::selector::Selector;

#[cfg(feature = "dynamodb")]
pub use dynamodb::DynamoDbStore;
pub use in_process::InProcessStore;
pub use item::{ChunkId, Fenced, ItemIdentity, LeaseItem, Listed, Payload, StoredEntry};
pub use position::Position;
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteError, SqliteStore};

/// Where containers share entries, the epoch, leases and chunks.
///
/// Every read is strongly consistent, and every condition is checked and applied as one. A store decides nothing
/// about time: the moments in items are written and compared by the cache. Implementations retry what their service
/// left unprocessed; [`StoreError`] is for what is left after that.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The largest [`Payload::Inline`] that one item can hold, in bytes; more is written as chunks of this size.
    fn largest_inline(&self) -> usize;

    /// One consistent batch of the epoch and the entry of `key`.
    async fn read(&self, key: &Key) -> StoreResult<Snapshot>;

    /// The epoch alone.
    async fn read_epoch(&self) -> StoreResult<Option<Epoch>>;

    /// Makes the epoch item with `incarnation`, counter 0 and no marks unless there is a well-formed one, and gives
    /// the one that is there then. The only way in which an epoch item comes to be.
    async fn create_epoch(&self, incarnation: Incarnation) -> StoreResult<Epoch>;

    /// Counter + 1, and `selector`'s mark set to it, in one write; the epoch after it, or `None` (and nothing
    /// written) where there is no epoch item.
    async fn advance_epoch(&self, selector: &Selector) -> StoreResult<Option<Epoch>>;

    /// Replaces the marks if incarnation and counter still are those of `seen`; whether it did.
    async fn fold_epoch(&self, seen: &Epoch, marks: &Marks) -> StoreResult<bool>;

    /// Writes an entry, unless the one that is there has the same incarnation and a higher counter; whether it did.
    async fn write_entry(&self, entry: &StoredEntry) -> StoreResult<bool>;

    /// Sets `usedAt` of the entry created at `created_at` if it has none; times in Unix milliseconds.
    async fn mark_used(&self, key: &Key, created_at: u64, used_at: u64) -> StoreResult<()>;

    /// Writes chunks, in any order, to be forgotten after `ttl` (Unix seconds).
    async fn write_chunks(&self, chunks: &[(ChunkId, Bytes)], ttl: u64) -> StoreResult<()>;

    /// The chunks in the order asked for, `None` for a missing one.
    async fn read_chunks(&self, ids: &[ChunkId]) -> StoreResult<Vec<Option<Bytes>>>;

    /// Writes the lease of `key` if there is none, or if `claim` is on the one that is there; else gives that one.
    ///
    /// Leases stay when they are over, until their `ttl`: whoever takes one over knows by it that nobody else had one
    /// since the read that named its owner.
    async fn take_lease(&self, key: &Key, lease: &LeaseItem, claim: &Claim) -> StoreResult<LeaseAttempt>;

    /// Marks the lease of `key` as ended if `owner` holds it.
    async fn release_lease(&self, key: &Key, owner: &str) -> StoreResult<()>;

    /// Entries of a data type, oldest first, after the position `after` whether or not an entry stands there still.
    /// May lag behind writes.
    async fn list(&self, data_type: &str, after: Option<&Position>, limit: usize) -> StoreResult<Page>;

    /// Removes the entries with these key texts, one given twice as one given once, their chunks, and the leases that
    /// they were filled under; how many entries there were. Where `resource` is given, those that are about another one stay.
    async fn delete(&self, keys: &[String], resource: Option<&str>) -> StoreResult<u64>;
}

/// What an operation gave, and what it cost.
pub type StoreResult<T> = Result<Metered<T>, StoreError>;

/// A store's answer with the capacity it consumed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metered<T> {
    /// The answer.
    pub value: T,
    /// As the service reports it; zero for a store that isn't metered.
    pub units: Units,
}

/// DynamoDB capacity units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Units {
    /// Read capacity units.
    pub read: f64,
    /// Write capacity units.
    pub write: f64,
}

/// The epoch and one entry, read together.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// `None` where there is no well-formed epoch item: lost, or never made.
    pub epoch: Option<Epoch>,
    /// What stands under the key.
    pub entry: ItemRead,
}

/// What stands under an entry's key.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemRead {
    /// Nothing.
    Absent,
    /// An item that is no entry of this format: poisoned, malformed or older.
    Malformed {
        /// What [`StoredEntry::lease`] would be, if the item says so.
        lease: Option<String>,
    },
    /// An entry; that it is the asked one's is for the cache to check.
    Found(Arc<StoredEntry>),
}

/// Which lease may be replaced by another, where one is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// None.
    New,
    /// The one of this owner, which is over: filled under, given back or run out.
    TakeOver(String),
    /// One's own, of this owner, unless it was given back: a renewal that comes late revives no lease.
    Renewal(String),
}

/// What came of taking a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaseAttempt {
    /// It is ours.
    Taken,
    /// Someone else's stands there.
    Held(LeaseItem),
}

/// A page of a listing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The entries.
    pub entries: Vec<Listed>,
    /// What the next page comes after; `None` at the end.
    pub next: Option<Position>,
}

/// Why a store could not answer. None of them fails a query that upstream would have answered.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The service refuses for load, or left a part unprocessed after retries.
    #[error("the store is throttled: {0}")]
    Throttled(Arc<str>),
    /// No answer in time.
    #[error("the store did not answer in time")]
    Timeout,
    /// The circuit breaker is open: it was not asked.
    #[error("the store failed repeatedly and is left alone for a while")]
    Open,
    /// There is none: it could not be opened, or caching is switched off.
    #[error("there is no store")]
    Absent,
    /// Anything else that kept it from answering.
    #[error("the store failed: {0}")]
    Failed(Arc<str>),
}

impl ItemRead {
    /// The owner of the lease that what stands there was filled under, whatever else is to be said of it.
    pub(crate) fn lease(&self) -> Option<&str> {
        match self {
            Self::Absent => None,
            Self::Malformed { lease } => lease.as_deref(),
            Self::Found(entry) => entry.lease.as_deref(),
        }
    }
}

impl<T> Metered<T> {
    /// An answer that cost nothing.
    pub fn free(value: T) -> Self {
        Self { value, units: Units::default() }
    }

    /// The same cost for another answer.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Metered<U> {
        Metered { value: change(self.value), units: self.units }
    }
}

impl std::ops::AddAssign for Units {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.write += other.write;
    }
}

/// Whether an entry with `new` may be written over one with `old`: never over a newer fence of the same incarnation.
#[must_use]
pub fn may_replace(old: Fence, new: Fence) -> bool {
    old.incarnation != new.incarnation || old.counter <= new.counter
}
