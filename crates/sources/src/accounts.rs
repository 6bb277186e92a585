use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::identity::IdentityCache;
use aws_credential_types::provider::SharedCredentialsProvider;

use crate::{AccountId, AccountRegistry, Aws, FetchError, Region, RegisteredAccount, RoleArn};

mod role_credentials;

pub use role_credentials::ASSUME_ROLE;
use role_credentials::RoleCredentials;

/// How long before they expire credentials are had anew; the SDK shortens it by up to a half, at random.
const RENEWED_BEFORE: Duration = Duration::from_secs(60);

/// Who answers for an account: Larder's own credentials for their account, those of a role for a registered one.
///
/// Which role that is only the registry says. Its credentials are had when a request first needs them, by one
/// `AssumeRole` at a time, and kept for all requests until shortly before they expire.
#[derive(Debug)]
pub struct Accounts {
    config: SdkConfig,
    own: Arc<Aws>,
    registry: Arc<dyn AccountRegistry>,
    assumed: Mutex<HashMap<AccountId, Assumed>>,
}

/// The clients of a role, and what the registry said when they were made.
#[derive(Debug)]
struct Assumed {
    registered: RegisteredAccount,
    aws: Arc<Aws>,
}

impl Accounts {
    /// Accounts by these credentials, the own ones, and this registry. Nothing is asked yet.
    #[must_use]
    pub fn new(config: SdkConfig, registry: Arc<dyn AccountRegistry>) -> Self {
        let own = Arc::new(Aws::new(config.clone()).knowing(registry.clone()));
        Self { config, own, registry, assumed: Mutex::default() }
    }

    /// The own credentials, whatever account they are of.
    #[must_use]
    pub fn own(&self) -> &Arc<Aws> {
        &self.own
    }

    /// The account of the own credentials: see [`Aws::identity`].
    ///
    /// # Errors
    /// As there.
    pub async fn own_account(&self, near: Option<Region>) -> Result<AccountId, FetchError> {
        self.own.identity(near).await
    }

    /// Every account that may be asked, by id: those of the registry, and the own one.
    ///
    /// # Errors
    /// Whatever reading the registry or asking for the own account failed with.
    pub async fn list(&self) -> Result<Vec<RegisteredAccount>, FetchError> {
        self.own.accounts().await
    }

    /// The clients with the credentials of that account. That its role can be assumed is found out by the first
    /// request, whose error then is that of [`ASSUME_ROLE`] and names the role. `near` is the region of the question.
    ///
    /// # Errors
    /// [`FetchError::is_unknown_account`] for an account that is neither the own one nor has a role in the registry;
    /// else whatever reading the registry or asking for the own account failed with.
    pub async fn aws_of(&self, account: &AccountId, near: Option<Region>) -> Result<Arc<Aws>, FetchError> {
        if self.own.identity(near).await? == *account {
            return Ok(self.own.clone());
        }
        let registered = self.registered(account).await?;
        match registered.as_ref().and_then(|registered| Some((registered, registered.role_arn()?))) {
            Some((registered, role)) => Ok(self.assumed(registered, role)),
            None => {
                self.forget(account);
                let why = if registered.is_some() { "has no role" } else { "is not there" };
                let message = format!("in the accounts registry {account} {why}, and it is not the own account");
                Err(FetchError::unknown_account(ASSUME_ROLE, message))
            }
        }
    }

    /// The partition of that account's answers: that of its role, else that of the own credentials. AWS is not asked.
    ///
    /// # Errors
    /// Whatever reading the registry failed with.
    pub async fn partition_of(&self, account: &AccountId) -> Result<&'static str, FetchError> {
        let registered = self.registered(account).await?;
        let role = registered.as_ref().and_then(RegisteredAccount::role_arn);
        Ok(role.map_or(self.own.partition(), RoleArn::partition))
    }

    async fn registered(&self, account: &AccountId) -> Result<Option<RegisteredAccount>, FetchError> {
        let accounts = self.registry.list().await?;
        Ok(accounts.iter().find(|registered| registered.id() == account).cloned())
    }

    fn assumed(&self, registered: &RegisteredAccount, role: &RoleArn) -> Arc<Aws> {
        // A panic inside leaves the map as it was, so a poisoned lock is still good.
        let mut assumed = self.assumed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = assumed.get(registered.id()).filter(|known| known.registered == *registered) {
            return known.aws.clone();
        }
        let aws = Arc::new(self.assume(role, registered.external_id()));
        let known = Assumed { registered: registered.clone(), aws: aws.clone() };
        assumed.insert(registered.id().clone(), known);
        aws
    }

    fn assume(&self, role: &RoleArn, external_id: Option<&str>) -> Aws {
        let credentials = RoleCredentials::new(&self.own, &self.config, role, external_id);
        let config = self
            .config
            .to_builder()
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            // One for all clients of the account, so that they share what is had once.
            .identity_cache(IdentityCache::lazy().buffer_time(RENEWED_BEFORE).build());
        Aws::of_role(config.build(), role, self.own.clone())
    }

    fn forget(&self, account: &AccountId) {
        self.assumed.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
    }
}

#[cfg(test)]
mod tests;
