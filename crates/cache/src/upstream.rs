use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

/// Where values come from: one question put to AWS, or to whatever else is slow.
#[async_trait]
pub trait Upstream: Send + Sync + 'static {
    /// Fetches the whole value. The future may be dropped at any await.
    ///
    /// # Errors
    /// [`UpstreamError`] says by its class what the cache may do instead.
    async fn fetch(&self) -> Result<Bytes, UpstreamError>;
}

/// A fetch that failed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{source}")]
pub struct UpstreamError {
    /// What the cache may do about it.
    pub class: FailureClass,
    /// The failure itself, shared by everyone who waited for the fetch.
    pub source: Arc<dyn Error + Send + Sync>,
}

/// What the cache may do about a failed fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureClass {
    /// Access denied, or no valid credentials: no stale answer until a fetch succeeds, never remembered.
    Denied,
    /// The question itself was refused: no stale answer until a fetch succeeds, remembered for the negative TTL.
    Rejected,
    /// Upstream is unwell (throttled, 5xx, connection lost, no answer in time): a stale answer is better than none.
    Failed,
}

impl FailureClass {
    /// Whether upstream answered, and its answer was no.
    pub(crate) fn is_refusal(self) -> bool {
        match self {
            Self::Denied | Self::Rejected => true,
            Self::Failed => false,
        }
    }
}

impl UpstreamError {
    /// A failure of `class`.
    pub fn new(class: FailureClass, source: impl Error + Send + Sync + 'static) -> Self {
        Self { class, source: Arc::new(source) }
    }
}
