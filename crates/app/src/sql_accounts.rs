use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use larder_cache::{Environment, Moment};
use larder_history::CloudAccount;
use larder_sources::{
    AccountEntry, AccountId, AccountRegistry, FailureKind, FetchError, InvalidAccount, RegisteredAccount,
};

use crate::problem::Problem;
use crate::wiring::OpenedHistory;

/// What is asked, in the place of an IAM action.
const OPERATION: &str = "history:cloud_accounts";
/// For how long what was read counts on while the database is out of reach, as with the accounts table.
const COUNTS_FOR: Duration = Duration::from_secs(15 * 60);

/// The accounts registry in the history's database: its table `cloud_accounts`.
///
/// While the database is out of reach, what was read of it within the last quarter of an hour counts on; after that only the
/// accounts that are registered there can't be asked. Those of the file and of the accounts table, which are looked at
/// before, and the own one are.
pub(crate) struct SqlAccounts {
    history: OpenedHistory,
    environment: Arc<dyn Environment>,
    read: Mutex<Option<(Moment, Rows)>>,
}

/// By id, and what is wrong with those that are no account.
type Rows = Arc<[Result<RegisteredAccount, InvalidAccount>]>;

impl SqlAccounts {
    /// The accounts in that history. Nothing is asked yet.
    pub(crate) fn new(history: OpenedHistory, environment: Arc<dyn Environment>) -> Self {
        Self { history, environment, read: Mutex::default() }
    }

    async fn read(&self) -> Result<Rows, FetchError> {
        let now = self.environment.now();
        match rows(&self.history).await {
            Ok(rows) => {
                let rows: Rows = rows.into();
                *self.read.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, rows.clone()));
                Ok(rows)
            }
            Err(problem) => {
                let read = self.read.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let counts = read.filter(|(when, _)| now.since(*when) < COUNTS_FOR).map(|(_, rows)| rows);
                counts.ok_or_else(|| FetchError::new(FailureKind::Unavailable, OPERATION, problem.detail()))
            }
        }
    }
}

impl fmt::Debug for SqlAccounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SqlAccounts").field(&self.history).finish()
    }
}

#[async_trait]
impl AccountRegistry for SqlAccounts {
    async fn list(&self) -> Result<Arc<[RegisteredAccount]>, FetchError> {
        let rows = self.read().await?;
        rows.iter().cloned().collect::<Result<_, _>>().map_err(|error| no_account(&error))
    }

    async fn find(&self, account: &AccountId) -> Result<Option<RegisteredAccount>, FetchError> {
        let rows = self.read().await?;
        let is_of = |row: &Result<RegisteredAccount, InvalidAccount>| match row {
            Ok(registered) => registered.id().as_str() == account.as_str(),
            Err(invalid) => invalid.id() == account.as_str(),
        };
        rows.iter().find(|row| is_of(row)).cloned().transpose().map_err(|error| no_account(&error))
    }
}

fn no_account(error: &InvalidAccount) -> FetchError {
    FetchError::new(FailureKind::Malformed, OPERATION, format!("in the history's database: {error}"))
}

/// Every row as it is now, by id, and what is wrong with those that are no account.
///
/// # Errors
/// What the history says.
pub(crate) async fn rows(history: &OpenedHistory) -> Result<Vec<Result<RegisteredAccount, InvalidAccount>>, Problem> {
    let opened = history.opened().await?;
    let rows = history.told(opened.accounts()).await?;
    Ok(rows.into_iter().map(|row| entry_of(row).try_into()).collect())
}

fn entry_of(row: CloudAccount) -> AccountEntry {
    let CloudAccount { id, name, role_arn, external_id, regions } = row;
    AccountEntry { account_id: id, name, role_arn, external_id, regions }
}

/// The accounts of the database, for a command that changes them.
pub struct RegisteredInSql<'a>(pub &'a OpenedHistory);

impl RegisteredInSql<'_> {
    /// What is registered of that account, if it is an account.
    ///
    /// # Errors
    /// What the history says.
    pub async fn find(&self, id: &AccountId) -> Result<Option<RegisteredAccount>, Problem> {
        Ok(rows(self.0).await?.into_iter().flatten().find(|account| account.id() == id))
    }

    /// Registers an account, in the place of what was registered of it, and says whether it was there.
    ///
    /// # Errors
    /// What the history says.
    pub async fn put(&self, account: &RegisteredAccount) -> Result<bool, Problem> {
        let AccountEntry { account_id: id, name, role_arn, external_id, regions } = account.into();
        let row = CloudAccount { id, name, role_arn, external_id, regions };
        self.0.told(self.0.opened().await?.put_account(&row)).await
    }

    /// Takes an account out, and says whether it was there.
    ///
    /// # Errors
    /// What the history says.
    pub async fn remove(&self, id: &AccountId) -> Result<bool, Problem> {
        self.0.told(self.0.opened().await?.remove_account(id.as_str())).await
    }
}
