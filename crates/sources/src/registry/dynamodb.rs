use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use aws_smithy_async::time::SharedTimeSource;

use super::{AccountEntry, AccountRegistry, InvalidAccount, RegisteredAccount};
use crate::pages::every_page;
use crate::{AccountId, FailureKind, FetchError};

mod kept;

use kept::Kept;

const SCAN: &str = "dynamodb:Scan";
const GET_ITEM: &str = "dynamodb:GetItem";
const PUT_ITEM: &str = "dynamodb:PutItem";
const DELETE_ITEM: &str = "dynamodb:DeleteItem";
const HASH_KEY: &str = "accountId";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(4);

type Item = HashMap<String, AttributeValue>;

/// The accounts of a DynamoDB table with the hash key `accountId`, whose items are [`AccountEntry`]s. Which role an
/// account has is asked of it for each fetch; see [`Self::find`].
#[derive(Debug)]
pub struct DynamoDbAccounts {
    client: Client,
    table: String,
    clock: SharedTimeSource,
    kept: Mutex<Kept>,
}

impl DynamoDbAccounts {
    /// What reading the table needs to be permitted, on the table itself.
    pub const IAM_ACTIONS: &'static [&'static str] = &[GET_ITEM, SCAN];

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
        Ok(items.await.map_err(|error| self.named(error))?.into_iter().map(account_of).collect())
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
        self.kept().forget(account.id());
        let answer = answer.map_err(|error| self.named(FetchError::from_sdk(PUT_ITEM, &error)))?;
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
        self.kept().forget(account);
        let answer = answer.map_err(|error| self.named(FetchError::from_sdk(DELETE_ITEM, &error)))?;
        Ok(answer.attributes.is_some())
    }

    async fn get(&self, account: &AccountId) -> Result<Option<RegisteredAccount>, FetchError> {
        let key = AttributeValue::S(account.to_string());
        let get = self.client.get_item().table_name(&self.table).key(HASH_KEY, key).consistent_read(true);
        let answer = get.send().await.map_err(|error| self.named(FetchError::from_sdk(GET_ITEM, &error)))?;
        answer.item.map(account_of).transpose().map_err(|error| self.no_account(GET_ITEM, &error))
    }

    /// The same, naming the table: AWS itself says only that there is none.
    fn named(&self, error: FetchError) -> FetchError {
        let message = format!("the accounts table {} (ACCOUNTS_TABLE_NAME): {}", self.table, error.message);
        FetchError { message, ..error }
    }

    fn no_account(&self, operation: &str, error: &InvalidAccount) -> FetchError {
        let message = format!("in the accounts table {}: {error}", self.table);
        FetchError::new(FailureKind::Malformed, operation, message)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A panic inside leaves it as it was, so a poisoned lock is still good.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl AccountRegistry for DynamoDbAccounts {
    async fn list(&self) -> Result<Arc<[RegisteredAccount]>, FetchError> {
        let entries = self.entries().await?.into_iter();
        let mut accounts = entries.collect::<Result<Vec<_>, _>>().map_err(|error| self.no_account(SCAN, &error))?;
        accounts.sort_by(|a, b| a.id().cmp(b.id()));
        Ok(accounts.into())
    }

    /// While the table is out of reach, an account that was found within the last quarter of an hour counts on.
    async fn find(&self, account: &AccountId) -> Result<Option<RegisteredAccount>, FetchError> {
        if let Some(registered) = self.kept().instead(account, self.clock.now()) {
            return Ok(Some(registered));
        }
        let read = self.get(account).await;
        if let Err(error) = &read {
            tracing::warn!(table = self.table, %account, %error, "the accounts table could not be asked");
        }
        self.kept().after(account, read, self.clock.now())
    }
}

/// The hash key is all that tells one page's end from another's.
fn token(key: &Item) -> String {
    key.get(HASH_KEY).and_then(|id| id.as_s().ok()).cloned().unwrap_or_else(|| format!("{key:?}"))
}

fn account_of(item: Item) -> Result<RegisteredAccount, InvalidAccount> {
    let id = item.get(HASH_KEY).and_then(|id| id.as_s().ok()).cloned().unwrap_or_default();
    let entry: AccountEntry =
        serde_dynamo::from_item(item).map_err(|error| InvalidAccount::Item { id, reason: error.to_string() })?;
    entry.try_into()
}

#[cfg(test)]
mod tests;
