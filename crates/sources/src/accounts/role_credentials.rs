use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_sdk_sts::operation::assume_role::AssumeRoleOutput;
use aws_smithy_async::time::SharedTimeSource;

use crate::{Aws, FetchError, RoleArn};

/// What assuming a role needs to be permitted, on the role, and the operation of the errors that speak of it.
pub const ASSUME_ROLE: &str = "sts:AssumeRole";
/// What AWS's logs of the other account call us.
const SESSION_NAME: &str = "larder";
/// Shorter than one attempt of the request that waits for the credentials, so that the error names the role and not
/// that request.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(4);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(8);
/// Those that waited for an attempt which failed, one after another in the SDK's cache, share the failure.
const FAILED_FOR: Duration = Duration::from_secs(1);

/// The credentials of a role, by `AssumeRole` with the own ones. Whoever asks gets new ones: the SDK's identity cache
/// asks once for all.
#[derive(Debug)]
pub(super) struct RoleCredentials {
    sts: aws_sdk_sts::Client,
    role: RoleArn,
    external_id: Option<String>,
    clock: SharedTimeSource,
    failed: Mutex<Option<(SystemTime, FetchError)>>,
}

impl RoleCredentials {
    pub(super) fn new(own: &Aws, config: &SdkConfig, role: &RoleArn, external_id: Option<&str>) -> Self {
        let timeouts =
            TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).operation_timeout(OPERATION_TIMEOUT);
        Self {
            sts: own.sts(role.partition(), timeouts),
            role: role.clone(),
            external_id: external_id.map(str::to_owned),
            clock: config.time_source().unwrap_or_default(),
            failed: Mutex::default(),
        }
    }

    async fn assume(&self) -> Result<Credentials, FetchError> {
        if let Some(error) = self.failed_just_now() {
            return Err(error);
        }
        let request = self.sts.assume_role().role_arn(self.role.as_str()).role_session_name(SESSION_NAME);
        let answer = request.set_external_id(self.external_id.clone()).send().await;
        let answer = answer.map_err(|error| FetchError::from_sdk(ASSUME_ROLE, &error));
        answer.and_then(|answer| self.credentials(answer)).map_err(|error| self.naming_the_role(error))
    }

    fn credentials(&self, answer: AssumeRoleOutput) -> Result<Credentials, FetchError> {
        let without = |what| FetchError::without(ASSUME_ROLE, what);
        let issued = answer.credentials.ok_or_else(|| without("credentials"))?;
        // The SDK makes an empty text or the year 1970 of what is not there.
        let keys = [&issued.access_key_id, &issued.secret_access_key, &issued.session_token];
        if keys.iter().any(|key| key.is_empty()) {
            return Err(without("a key or a session token"));
        }
        let expiry = Some(issued.expiration).filter(|expiry| expiry.secs() > 0);
        let expiry = expiry.and_then(|expiry| SystemTime::try_from(expiry).ok());
        let credentials = Credentials::builder()
            .access_key_id(issued.access_key_id)
            .secret_access_key(issued.secret_access_key)
            .session_token(issued.session_token)
            .expiry(expiry.ok_or_else(|| without("a time when its credentials expire"))?)
            .account_id(self.role.account().as_str())
            .provider_name("AssumeRole");
        Ok(credentials.build())
    }

    fn naming_the_role(&self, error: FetchError) -> FetchError {
        let error = FetchError { message: format!("role {}: {}", self.role, error.message), ..error };
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some((self.clock.now(), error.clone()));
        error
    }

    fn failed_just_now(&self) -> Option<FetchError> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, error) = failed.as_ref()?;
        let just_now = self.clock.now().duration_since(*at).is_ok_and(|ago| ago < FAILED_FOR);
        just_now.then(|| error.clone())
    }
}

impl ProvideCredentials for RoleCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let credentials = async { self.assume().await.map_err(CredentialsError::provider_error) };
        future::ProvideCredentials::new(credentials)
    }
}
