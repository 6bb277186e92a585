use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures::future::try_join_all;

use super::{AccountRegistry, RegisteredAccount};
use crate::FetchError;

/// Registries one behind the other: an account that several have is as the first has it.
#[derive(Debug)]
pub struct SeveralRegistries(pub Vec<Arc<dyn AccountRegistry>>);

#[async_trait]
impl AccountRegistry for SeveralRegistries {
    async fn list(&self) -> Result<Arc<[RegisteredAccount]>, FetchError> {
        Ok(merged(&try_join_all(self.0.iter().map(|registry| registry.list())).await?))
    }

    async fn list_now(&self) -> Result<Arc<[RegisteredAccount]>, FetchError> {
        Ok(merged(&try_join_all(self.0.iter().map(|registry| registry.list_now())).await?))
    }
}

fn merged(lists: &[Arc<[RegisteredAccount]>]) -> Arc<[RegisteredAccount]> {
    let mut by_id = BTreeMap::new();
    for account in lists.iter().flat_map(|list| list.iter()) {
        by_id.entry(account.id()).or_insert(account);
    }
    by_id.into_values().cloned().collect()
}
