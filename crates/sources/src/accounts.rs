use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::identity::IdentityCache;
use aws_credential_types::provider::SharedCredentialsProvider;
use bytes::Bytes;
use futures::future::try_join;

use crate::identity::GET_CALLER_IDENTITY;
use crate::{
    AccountId, AccountRegistry, Aws, Caller, DataType, FailureKind, FetchError, Region, RegisteredAccount, RoleArn,
    Scope,
};

mod own;
mod role_credentials;

pub(crate) use own::Own;
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
    own: Arc<Own>,
    /// The own credentials as the SDK keeps them: to assume roles with, whose account does not depend on them.
    assuming: Aws,
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
        let own = Arc::new(Own::new(config.clone(), registry.clone()));
        Self { assuming: Aws::new(config.clone()), config, own, registry, assumed: Mutex::default() }
    }

    /// The partition of the own credentials: see [`Aws::partition`].
    #[must_use]
    pub fn partition(&self) -> &'static str {
        self.assuming.partition()
    }

    /// The account of the own credentials: see [`Aws::identity`].
    ///
    /// # Errors
    /// As there, and if there are no credentials.
    pub async fn own_account(&self, near: Option<Region>) -> Result<AccountId, FetchError> {
        let own = self.own.aws(GET_CALLER_IDENTITY).await?;
        let account = own.identity(near).await;
        self.unless_refused(&own, account).await
    }

    /// Who the own credentials are of, asked now: see [`Aws::caller`].
    ///
    /// # Errors
    /// As there, and if there are no credentials.
    pub async fn caller(&self) -> Result<Caller, FetchError> {
        let own = self.own.aws(GET_CALLER_IDENTITY).await?;
        let caller = own.caller().await;
        self.unless_refused(&own, caller).await
    }

    /// One data type's answer as JSON, with the credentials of the scope's account; the own ones where it has none.
    ///
    /// As long as nobody knows whose the own credentials are, that is asked side by side with the answer, so that a cold
    /// start waits for one of them only. An answer of another account's credentials is never given.
    ///
    /// # Errors
    /// Those of [`Self::aws_of`] and [`DataType::fetch`].
    pub async fn fetch(&self, data_type: &DataType, scope: &Scope) -> Result<Bytes, FetchError> {
        let operation = data_type.iam_actions.first().copied().unwrap_or(data_type.name);
        let own = self.own.aws(operation).await?;
        let Some(account) = &scope.account else {
            return self.fetch_by(&own, data_type, scope).await;
        };
        if !own.knows_its_identity() && self.role_of(account).await == Ok(None) {
            let answer = self.fetch_unidentified(&own, account, data_type, scope).await;
            return self.unless_refused(&own, answer).await;
        }
        self.ask(account, scope.region, |aws| async move { data_type.fetch(&aws, scope).await }).await
    }

    /// What `ask` gets with the credentials of that account. `near` is the region of the question.
    ///
    /// # Errors
    /// Those of [`Self::aws_of`] and of `ask`.
    pub(crate) async fn ask<T, F>(
        &self,
        account: &AccountId,
        near: Option<Region>,
        ask: impl Fn(Arc<Aws>) -> F,
    ) -> Result<T, FetchError>
    where
        F: Future<Output = Result<T, FetchError>>,
    {
        let aws = self.aws_of(account, near).await?;
        let answer = ask(aws.clone()).await;
        match self.unless_refused(&aws, answer).await {
            // A role's session may be ended long before it expires. The next one is as good as the first was.
            Err(error) if is_ended_session(&error) && aws.is_of_a_role() => {
                let aws = self.aws_of(account, near).await?;
                let answer = ask(aws.clone()).await;
                self.unless_refused(&aws, answer).await
            }
            answer => answer,
        }
    }

    async fn fetch_by(&self, aws: &Arc<Aws>, data_type: &DataType, scope: &Scope) -> Result<Bytes, FetchError> {
        let answer = data_type.fetch(aws, scope).await;
        self.unless_refused(aws, answer).await
    }

    async fn fetch_unidentified(
        &self,
        own: &Aws,
        account: &AccountId,
        data_type: &DataType,
        scope: &Scope,
    ) -> Result<Bytes, FetchError> {
        let whose = async {
            match own.identity(scope.region).await {
                Ok(own) if own == *account => Ok(None),
                Ok(_) => Err(self.unknown(account)),
                // Only told once the fetch has succeeded: its own failure explains more.
                Err(error) => Ok(Some(error)),
            }
        };
        match try_join(whose, data_type.fetch(own, scope)).await? {
            (None, answer) => Ok(answer),
            (Some(error), _) => Err(error),
        }
    }

    /// The answer. Credentials that AWS takes no longer are had anew by whoever asks next.
    async fn unless_refused<T>(&self, aws: &Arc<Aws>, answer: Result<T, FetchError>) -> Result<T, FetchError> {
        if answer.as_ref().is_err_and(|error| error.kind == FailureKind::Credentials) {
            self.own.forget(aws).await;
            let mut assumed = self.assumed.lock().unwrap_or_else(PoisonError::into_inner);
            assumed.retain(|_, known| !Arc::ptr_eq(&known.aws, aws));
        }
        answer
    }

    /// The clients with the credentials of that account. That its role can be assumed is found out by the first
    /// request, whose error then is that of [`ASSUME_ROLE`] and names the role. `near` is the region of the question.
    ///
    /// # Errors
    /// [`FetchError::is_unknown_account`] for an account that is neither the own one nor has a role in the registry;
    /// else whatever reading the registry or asking for the own account failed with.
    pub async fn aws_of(&self, account: &AccountId, near: Option<Region>) -> Result<Arc<Aws>, FetchError> {
        let own = self.own.aws(GET_CALLER_IDENTITY).await?;
        let identity = own.identity(near).await;
        if self.unless_refused(&own, identity).await? == *account {
            return Ok(own);
        }
        match self.role_of(account).await? {
            Some((registered, role)) => Ok(self.assumed(registered, &role)),
            None => Err(self.unknown(account)),
        }
    }

    /// Asks STS who the credentials of that account are of, which shows that its role can be assumed. It needs no
    /// permission but that.
    ///
    /// # Errors
    /// Those of [`Self::aws_of`], and whatever assuming the role or the call failed with.
    pub async fn check(&self, account: &AccountId) -> Result<(), FetchError> {
        let asked = self.aws_of(account, None).await?.ask_identity().await?;
        if asked == *account { Ok(()) } else { Err(self.unknown(account)) }
    }

    /// The account's entry in the registry with its role, if it has one.
    async fn role_of(&self, account: &AccountId) -> Result<Option<(RegisteredAccount, RoleArn)>, FetchError> {
        let registered = self.registry.find(account).await?;
        Ok(registered.and_then(|registered| registered.role_arn().cloned().map(|role| (registered, role))))
    }

    /// Whose account nobody knows, and what was known of it is forgotten.
    fn unknown(&self, account: &AccountId) -> FetchError {
        self.assumed.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
        let message = format!(
            "{account} is not the account of the own credentials, and the accounts registry has no role for it"
        );
        FetchError::unknown_account(ASSUME_ROLE, message)
    }

    fn assumed(&self, registered: RegisteredAccount, role: &RoleArn) -> Arc<Aws> {
        // A panic inside leaves the map as it was, so a poisoned lock is still good.
        let mut assumed = self.assumed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = assumed.get(registered.id()).filter(|known| known.registered == registered) {
            return known.aws.clone();
        }
        let aws = Arc::new(self.assume(role, registered.external_id()));
        assumed.insert(registered.id().clone(), Assumed { registered, aws: aws.clone() });
        aws
    }

    fn assume(&self, role: &RoleArn, external_id: Option<&str>) -> Aws {
        let credentials = RoleCredentials::new(&self.assuming, &self.config, role, external_id);
        let config = self
            .config
            .to_builder()
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            // One for all clients of the account, so that they share what is had once.
            .identity_cache(IdentityCache::lazy().buffer_time(RENEWED_BEFORE).build());
        Aws::of_role(config.build(), role, self.own.clone())
    }
}

fn is_ended_session(error: &FetchError) -> bool {
    error.kind == FailureKind::Credentials && error.operation != ASSUME_ROLE
}

#[cfg(test)]
mod tests;
