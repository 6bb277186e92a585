use std::sync::Arc;

use async_trait::async_trait;

use super::{AccountRegistry, InvalidAccount, RegisteredAccount};
use crate::{AccountId, FetchError};

/// The accounts that a configuration names. None, by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfiguredAccounts(Arc<[RegisteredAccount]>);

impl ConfiguredAccounts {
    /// These accounts.
    ///
    /// # Errors
    /// [`InvalidAccount::Twice`].
    pub fn new(mut accounts: Vec<RegisteredAccount>) -> Result<Self, InvalidAccount> {
        accounts.sort_by(|a, b| a.id().cmp(b.id()));
        match accounts.windows(2).find(|pair| pair[0].id() == pair[1].id()) {
            Some(pair) => Err(InvalidAccount::Twice { id: pair[0].id().clone() }),
            None => Ok(Self(accounts.into())),
        }
    }

    /// All of them, by id.
    #[must_use]
    pub fn all(&self) -> &[RegisteredAccount] {
        &self.0
    }
}

#[async_trait]
impl AccountRegistry for ConfiguredAccounts {
    async fn list(&self) -> Result<Arc<[RegisteredAccount]>, FetchError> {
        Ok(self.0.clone())
    }

    async fn find(&self, account: &AccountId) -> Result<Option<RegisteredAccount>, FetchError> {
        Ok(self.0.iter().find(|registered| registered.id() == account).cloned())
    }
}
