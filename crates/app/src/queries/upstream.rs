use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::try_join;
use larder_cache::{FailureClass, Upstream, UpstreamError};
use larder_sources::{AccountId, DataType, FailureKind, FetchError, Scope};

use super::{Fetcher, ForeignAccount};

/// One question to AWS, as the cache asks it.
pub(super) struct FetchUpstream {
    pub(super) fetcher: Arc<dyn Fetcher>,
    pub(super) data_type: &'static DataType,
    pub(super) scope: Scope,
}

#[async_trait]
impl Upstream for FetchUpstream {
    /// Fetches and, side by side, makes sure that the credentials are of the scope's account: else one account's
    /// answer would be kept under another's key. Where that is known already, AWS is not asked in vain.
    async fn fetch(&self) -> Result<Bytes, UpstreamError> {
        let Some(account) = &self.scope.account else { return self.answer().await };
        match try_join(self.whose(account), self.answer()).await? {
            (Whose::TheScopes, answer) => Ok(answer),
            (Whose::Untold(error), _) => Err(self.failed(error)),
        }
    }
}

/// Whose the credentials are, if not another account's.
enum Whose {
    TheScopes,
    /// Only told once the fetch has succeeded: its own failure explains more.
    Untold(FetchError),
}

impl FetchUpstream {
    async fn answer(&self) -> Result<Bytes, UpstreamError> {
        let answer = self.fetcher.fetch(self.data_type, &self.scope).await;
        answer.map_err(|error| self.failed(error))
    }

    async fn whose(&self, account: &AccountId) -> Result<Whose, UpstreamError> {
        match self.fetcher.own_account(self.scope.region).await {
            Ok(own) if own == *account => Ok(Whose::TheScopes),
            Ok(own) => {
                tracing::warn!(data_type = self.data_type.name, asked = %account, %own, "the credentials are of another account");
                Err(UpstreamError::new(FailureClass::Rejected, ForeignAccount(account.clone())))
            }
            Err(error) => Ok(Whose::Untold(error)),
        }
    }

    fn failed(&self, error: FetchError) -> UpstreamError {
        tracing::warn!(data_type = self.data_type.name, operation = error.operation, %error, "a fetch failed");
        UpstreamError::new(class_of(&error), error)
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
