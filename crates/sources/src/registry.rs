use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{AccountId, FetchError};

mod configured;
mod dynamodb;
mod entry;
mod registered_account;
mod role_arn;
mod several;

pub use configured::ConfiguredAccounts;
pub use dynamodb::DynamoDbAccounts;
pub use entry::{AccountEntry, InvalidAccount};
pub use registered_account::RegisteredAccount;
pub use role_arn::RoleArn;
pub use several::SeveralRegistries;

/// The port to the accounts registry: which accounts there are besides the own one, and by which roles they are asked.
#[async_trait]
pub trait AccountRegistry: fmt::Debug + Send + Sync + 'static {
    /// Every registered account once, by id, as it is registered now.
    ///
    /// # Errors
    /// Whatever kept the registry from being read, with the operation that failed; [`crate::FailureKind::Malformed`] if
    /// something in it is no account. It is never a short list.
    async fn list(&self) -> Result<Arc<[RegisteredAccount]>, FetchError>;

    /// That account as it is registered now, if it is: read after the call, so that what is fetched with its role is no
    /// older than a removal that is over.
    ///
    /// # Errors
    /// As [`Self::list`], of this account alone.
    async fn find(&self, account: &AccountId) -> Result<Option<RegisteredAccount>, FetchError>;
}

#[cfg(test)]
mod tests;
