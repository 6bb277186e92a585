use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures::future::try_join_all;

use super::{AccountRegistry, RegisteredAccount};
use crate::{AccountId, FetchError};

/// Registries one behind the other: an account that several have is as the first has it.
#[derive(Debug)]
pub struct SeveralRegistries(pub Vec<Arc<dyn AccountRegistry>>);

#[async_trait]
impl AccountRegistry for SeveralRegistries {
    async fn list(&self) -> Result<Arc<[RegisteredAccount]>, FetchError> {
        let lists = try_join_all(self.0.iter().map(|registry| registry.list())).await?;
        let mut by_id = BTreeMap::new();
        for account in lists.iter().flat_map(|list| list.iter()) {
            by_id.entry(account.id()).or_insert(account);
        }
        Ok(by_id.into_values().cloned().collect())
    }

    /// Those behind the first that has it are not asked.
    async fn find(&self, account: &AccountId) -> Result<Option<RegisteredAccount>, FetchError> {
        for registry in &self.0 {
            if let Some(registered) = registry.find(account).await? {
                return Ok(Some(registered));
            }
        }
        Ok(None)
    }
}
