use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use larder_cache::{FailureClass, Upstream, UpstreamError};
use larder_sources::{DataType, FetchError, Scope};

use super::Fetcher;

/// One question to AWS, as the cache asks it.
pub(super) struct FetchUpstream {
    pub(super) fetcher: Arc<dyn Fetcher>,
    pub(super) data_type: &'static DataType,
    pub(super) scope: Scope,
}

#[async_trait]
impl Upstream for FetchUpstream {
    async fn fetch(&self) -> Result<Bytes, UpstreamError> {
        let answer = self.fetcher.fetch(self.data_type, &self.scope).await;
        answer.map_err(|error| {
            tracing::warn!(data_type = self.data_type.name, operation = error.operation(), %error, "a fetch failed");
            UpstreamError::new(class_of(&error), error)
        })
    }
}

/// What the cache may do about it. An answer that can't be read is AWS being unwell, so an older one is better.
fn class_of(error: &FetchError) -> FailureClass {
    match error {
        FetchError::AccessDenied { .. } | FetchError::Credentials { .. } => FailureClass::Denied,
        FetchError::Rejected { .. } => FailureClass::Rejected,
        FetchError::Throttled { .. }
        | FetchError::Timeout { .. }
        | FetchError::Unavailable { .. }
        | FetchError::Malformed { .. }
        | FetchError::EndlessPages { .. } => FailureClass::Failed,
    }
}
