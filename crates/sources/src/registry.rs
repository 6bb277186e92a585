use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::FetchError;

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
    /// Every registered account once, by id.
    ///
    /// # Errors
    /// Whatever kept the registry from being read, with the operation that failed.
    async fn list(&self) -> Result<Arc<[RegisteredAccount]>, FetchError>;

    /// The same as it is now, whatever the registry remembers: for an answer that others will keep.
    ///
    /// # Errors
    /// As [`Self::list`].
    async fn list_now(&self) -> Result<Arc<[RegisteredAccount]>, FetchError> {
        self.list().await
    }
}

#[cfg(test)]
mod tests;
