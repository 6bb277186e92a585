use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::codec::etag;
use crate::entry::Entry;
use crate::store::StoreError;
use crate::upstream::UpstreamError;

/// A value, and where and when it came from ([promise](crate#promises) G5). Its [`Content`] is shared with the cache, and
/// reached as if it were the answer's own.
#[derive(Clone, Debug)]
pub struct Answer {
    held: Held,
    /// How long ago its fetch began.
    pub age: Duration,
    /// Where this request found it.
    pub origin: Origin,
    /// Whether, and why, it is past its lifetime.
    pub freshness: Freshness,
}

/// What was fetched.
#[derive(Clone, Debug)]
pub struct Content {
    /// The value as upstream gave it.
    pub value: Bytes,
    /// A digest of the value: 32 hexadecimal digits.
    pub etag: Arc<str>,
    /// How long it was meant to be fresh, since its fetch began.
    pub lifetime: Duration,
    /// When its fetch began, in Unix milliseconds by the clock of whoever fetched it: the same for everybody who has it.
    pub created_at: u64,
}

/// Who holds an answer's content.
#[derive(Clone, Debug)]
enum Held {
    Entry(Arc<Entry>),
    Apart(Arc<Content>),
}

/// Where a request found its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In this process.
    Memory,
    /// In the store.
    Store,
    /// Fetched for this request, or for another that this one joined.
    Upstream {
        /// Why there was a fetch.
        why: Forward,
        /// Whether another request's fetch was joined.
        collapsed: bool,
        /// Whether the value was kept for later requests.
        stored: bool,
    },
}

/// Why a request went upstream (RFC 9211, `fwd`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forward {
    /// Nothing usable was there.
    Miss,
    /// What was there was past its TTL.
    Stale,
    /// The request's `Cache-Control` refused what was there.
    Request,
    /// The store could not be asked.
    Bypass,
}

/// Whether an answer is within its lifetime.
#[derive(Clone, Debug)]
pub enum Freshness {
    /// It is.
    Fresh,
    /// It is not, and is being refreshed (RFC 5861 `stale-while-revalidate`).
    StaleWhileRevalidate,
    /// It is not, and the fetch of another failed (RFC 5861 `stale-if-error`).
    StaleIfError(Box<Failure>),
}

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// Upstream said so.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// There was no time left.
    #[error("there was no answer within {} ms", .0.as_millis())]
    Deadline(Duration),
    /// The request was `only-if-cached` and nothing usable was.
    #[error("nothing usable is cached, and the request asked for no fetch")]
    NotCached,
    /// The store can't be asked, and as many fetches as are allowed without it are running.
    #[error("the cache's store is out of reach and {0} fetches are already running without it")]
    Overloaded(usize),
}

/// An invalidation that took effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalidated {
    /// The epoch that it made.
    pub epoch: crate::epoch::Fence,
    /// After how long every container has seen it: the coherence window.
    pub effective_within: Duration,
    /// How many items a purge deleted, if one was asked for.
    pub purged: Option<u64>,
}

/// Why an invalidation did not take effect, or may not have.
#[derive(Debug, thiserror::Error)]
pub enum InvalidateError {
    /// The store did not acknowledge it.
    #[error("the invalidation was not acknowledged, so it may not be in effect: {0}")]
    Store(#[from] StoreError),
    /// It took effect, but its purge did not finish: items are left, to be purged again or forgotten by their `ttl`.
    #[error("the invalidation is in effect, but its purge did not finish: {0}")]
    Purge(StoreError),
}

impl Deref for Answer {
    type Target = Content;

    fn deref(&self) -> &Content {
        match &self.held {
            Held::Entry(entry) => &entry.content,
            Held::Apart(content) => content,
        }
    }
}

impl Failure {
    /// Whether a stale answer is better than this failure, where policy allows one (RFC 5861).
    pub(crate) fn allows_stale(&self) -> bool {
        match self {
            Self::Upstream(error) => !error.class.is_refusal(),
            Self::Deadline(_) | Self::Overloaded(_) => true,
            Self::NotCached => false,
        }
    }
}

impl Origin {
    /// The same origin, for a request that joined the one that found it.
    pub(crate) fn collapsed(self) -> Self {
        match self {
            Self::Upstream { why, stored, .. } => Self::Upstream { why, stored, collapsed: true },
            found => found,
        }
    }
}

impl Answer {
    /// An answer whose content no cache holds.
    #[must_use]
    pub fn of(content: Content, age: Duration, origin: Origin, freshness: Freshness) -> Self {
        Self { held: Held::Apart(content.into()), age, origin, freshness }
    }

    pub(crate) fn held_by(entry: Arc<Entry>, age: Duration, origin: Origin, freshness: Freshness) -> Self {
        Self { held: Held::Entry(entry), age, origin, freshness }
    }

    /// The same answer with a part of its value, tagged as that.
    #[must_use]
    pub fn with_value(self, value: Bytes) -> Self {
        let content = Content { etag: etag(&value), value, lifetime: self.lifetime, created_at: self.created_at };
        Self::of(content, self.age, self.origin, self.freshness)
    }

    /// What is left of its lifetime in whole seconds; negative when past it.
    #[must_use]
    pub fn ttl_seconds(&self) -> i64 {
        let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        match self.lifetime.checked_sub(self.age) {
            Some(left) => seconds(left),
            None => -seconds(self.age.saturating_sub(self.lifetime)).max(1),
        }
    }
}
