use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use larder_cache::{FailureClass, Upstream, UpstreamError};
use larder_sources::{DataType, FailureKind, FetchError, Scope};

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
            let account = self.scope.account.as_ref().map(tracing::field::display);
            let region = self.scope.region.map(tracing::field::display);
            let (data_type, operation) = (self.data_type.name, &error.operation);
            tracing::warn!(data_type, region, account, operation, %error, "a fetch failed");
            UpstreamError::new(class_of(&error), error)
        })
    }
}

/// What the cache may do about it. An answer that can't be read is AWS being unwell, so an older one is better.
fn class_of(error: &FetchError) -> FailureClass {
    match error.kind {
        FailureKind::AccessDenied | FailureKind::Credentials => FailureClass::Denied,
        FailureKind::Rejected { .. } => FailureClass::Rejected,
        FailureKind::Throttled
        | FailureKind::Timeout
        | FailureKind::Unavailable
        | FailureKind::Malformed
        | FailureKind::EndlessPages => FailureClass::Failed,
    }
}
