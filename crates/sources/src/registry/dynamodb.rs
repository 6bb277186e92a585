use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use aws_smithy_async::time::SharedTimeSource;
use tokio::sync::Mutex;

use super::{AccountEntry, AccountRegistry, InvalidAccount, RegisteredAccount};
use crate::pages::every_page;
use crate::{AccountId, FailureKind, FetchError};

mod kept;

use kept::Kept;

const SCAN: &str = "dynamodb:Scan";
const PUT_ITEM: &str = "dynamodb:PutItem";
const DELETE_ITEM: &str = "dynamodb:DeleteItem";
const HASH_KEY: &str = "accountId";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(4);

type Item = HashMap<String, AttributeValue>;

/// The accounts of a DynamoDB table with the hash key `accountId`, whose items are [`AccountEntry`]s. It is read whole,
/// once a minute at most; see [`Self::list`].
#[derive(Debug)]
pub struct DynamoDbAccounts {
    client: Client,
    table: String,
    clock: SharedTimeSource,
    kept: Mutex<Option<Kept>>,
}

impl DynamoDbAccounts {
    /// What reading the table needs to be permitted, on the table itself.
    pub const IAM_ACTIONS: &'static [&'static str] = &[SCAN];

    /// The accounts in `table`, which must exist; nothing is asked yet. How often and how long `client` tries is its
    /// owner's matter: see [`Self::client`].
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        let clock = client.config().time_source().unwrap_or_default();
        Self { client, table: table.into(), clock, kept: Mutex::default() }
    }

    /// A client that gives up in time for an answer, from an `&SdkConfig` or a configuration of one's own.
    pub fn client(configuration: impl Into<Builder>) -> Client {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(OPERATION_TIMEOUT);
        Client::from_conf(configuration.into().timeout_config(timeouts.build()).build())
    }

    /// Every item as it is now, and what is wrong with those that are no account.
    ///
    /// # Errors
    /// Whatever the read failed with.
    pub async fn entries(&self) -> Result<Vec<Result<RegisteredAccount, InvalidAccount>>, FetchError> {
        let pages = self.client.scan().table_name(&self.table).consistent_read(true).into_paginator().send();
        let items = every_page(SCAN, pages, |page| (page.last_evaluated_key.map(|key| token(&key)), page.items));
        Ok(items.await?.into_iter().map(account).collect())
    }

    /// Writes an account, in place of what the table says of it, and says whether it was there.
    ///
    /// # Errors
    /// Whatever the write failed with.
    pub async fn put(&self, account: &RegisteredAccount) -> Result<bool, FetchError> {
        let unwritable =
            |error: serde_dynamo::Error| FetchError::new(FailureKind::Malformed, PUT_ITEM, error.to_string());
        let item = serde_dynamo::to_item(AccountEntry::from(account)).map_err(unwritable)?;
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        let answer = put.return_values(ReturnValue::AllOld).send().await;
        self.kept.lock().await.take();
        let answer = answer.map_err(|error| FetchError::from_sdk(PUT_ITEM, &error))?;
        Ok(answer.attributes.is_some())
    }

    /// Removes an account, and says whether it was there.
    ///
    /// # Errors
    /// Whatever the write failed with.
    pub async fn remove(&self, account: &AccountId) -> Result<bool, FetchError> {
        let key = AttributeValue::S(account.to_string());
        let delete = self.client.delete_item().table_name(&self.table).key(HASH_KEY, key);
        let answer = delete.return_values(ReturnValue::AllOld).send().await;
        self.kept.lock().await.take();
        let answer = answer.map_err(|error| FetchError::from_sdk(DELETE_ITEM, &error))?;
        Ok(answer.attributes.is_some())
    }

    /// The accounts among the items. The others are said in the log, and can't be asked until they are right.
    async fn read(&self) -> Result<Arc<[RegisteredAccount]>, FetchError> {
        let mut accounts = Vec::new();
        for entry in self.entries().await? {
            match entry {
                Ok(account) => accounts.push(account),
                Err(error) => {
                    tracing::error!(table = self.table, %error, "an item of the accounts table is no account")
                }
            }
        }
        accounts.sort_by(|a, b| a.id().cmp(b.id()));
        Ok(accounts.into())
    }

    fn now(&self) -> SystemTime {
        self.clock.now()
    }
}

#[async_trait]
impl AccountRegistry for DynamoDbAccounts {
    /// What was read within the last minute, by one reader at a time. While the table can't be read, its last state
    /// counts on for a quarter of an hour; a failure is told for a second to those who ask then.
    async fn list(&self) -> Result<Arc<[RegisteredAccount]>, FetchError> {
        let mut kept = self.kept.lock().await;
        if let Some(accounts) = kept.as_ref().and_then(|kept| kept.at(self.now())) {
            return accounts;
        }
        let read = self.read().await;
        if let Err(error) = &read {
            tracing::warn!(table = self.table, %error, "the accounts table can't be read");
        }
        let now = Kept::after(kept.take(), read, self.now());
        kept.insert(now).latest()
    }

    /// Read anew, and kept for [`Self::list`] if that succeeds.
    async fn list_now(&self) -> Result<Arc<[RegisteredAccount]>, FetchError> {
        let mut kept = self.kept.lock().await;
        let accounts = self.read().await?;
        *kept = Some(Kept::after(None, Ok(accounts.clone()), self.now()));
        Ok(accounts)
    }
}

/// The hash key is all that tells one page's end from another's.
fn token(key: &Item) -> String {
    key.get(HASH_KEY).and_then(|id| id.as_s().ok()).cloned().unwrap_or_else(|| format!("{key:?}"))
}

fn account(item: Item) -> Result<RegisteredAccount, InvalidAccount> {
    let id = item.get(HASH_KEY).and_then(|id| id.as_s().ok()).cloned().unwrap_or_default();
    let entry: AccountEntry =
        serde_dynamo::from_item(item).map_err(|error| InvalidAccount::Item { id, reason: error.to_string() })?;
    entry.try_into()
}

#[cfg(test)]
mod tests;
