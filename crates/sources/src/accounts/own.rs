use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_async::time::SharedTimeSource;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::RENEWED_BEFORE;
use crate::{AccountRegistry, Aws, FetchError};

/// How long credentials count that don't say when they expire: the SDK's own measure.
const WITHOUT_EXPIRY: Duration = Duration::from_mins(15);
/// How long they may take to be had: the SDK's own measure.
const LONGEST: Duration = Duration::from_secs(5);

/// Larder's own credentials, and clients that have exactly these.
///
/// A profile's credentials may be another account's the next time that they are had. Whose an answer is can only be told
/// if the credentials that asked for it are the ones that STS was asked about: so each set has clients of its own.
#[derive(Debug)]
pub(crate) struct Own {
    config: SdkConfig,
    registry: Arc<dyn AccountRegistry>,
    clock: SharedTimeSource,
    current: Mutex<Option<Current>>,
}

#[derive(Debug)]
struct Current {
    credentials: Credentials,
    until: SystemTime,
    aws: Arc<Aws>,
}

impl Own {
    pub(super) fn new(config: SdkConfig, registry: Arc<dyn AccountRegistry>) -> Self {
        let clock = config.time_source().unwrap_or_default();
        Self { config, registry, clock, current: Mutex::default() }
    }

    /// The clients of the credentials that count now, had by one caller at a time. `operation` is what needs them.
    ///
    /// # Errors
    /// [`crate::FailureKind::Credentials`] if they can't be had.
    pub(crate) async fn aws(&self, operation: &'static str) -> Result<Arc<Aws>, FetchError> {
        let mut current = self.current.lock().await;
        if let Some(known) = current.as_ref().filter(|known| self.clock.now() < known.until) {
            return Ok(known.aws.clone());
        }
        let had = timeout(LONGEST, self.provide()).await;
        let had = had.unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(LONGEST)));
        let credentials = had.map_err(|error| FetchError::without_credentials(operation, &error))?;
        let aws = match current.take() {
            Some(known) if known.credentials == credentials => known.aws,
            _ => Arc::new(self.clients(credentials.clone())),
        };
        let until = self.until(&credentials);
        Ok(current.insert(Current { credentials, until, aws }).aws.clone())
    }

    /// Has the credentials of these clients had anew by whoever needs them next: AWS takes them no longer.
    pub(super) async fn forget(&self, aws: &Arc<Aws>) {
        let mut current = self.current.lock().await;
        current.take_if(|known| Arc::ptr_eq(&known.aws, aws));
    }

    async fn provide(&self) -> Result<Credentials, CredentialsError> {
        match self.config.credentials_provider() {
            Some(provider) => provider.provide_credentials().await,
            None => Err(CredentialsError::not_loaded("no credentials provider is configured")),
        }
    }

    fn clients(&self, credentials: Credentials) -> Aws {
        let config = self.config.to_builder().credentials_provider(SharedCredentialsProvider::new(credentials));
        Aws::new(config.build()).knowing(self.registry.clone())
    }

    /// Shortly before they expire. What lasts for a minute only is not had anew for each request.
    fn until(&self, credentials: &Credentials) -> SystemTime {
        let now = self.clock.now();
        let Some(expiry) = credentials.expiry() else { return now + WITHOUT_EXPIRY };
        let left = expiry.duration_since(now).unwrap_or_default();
        now + left.saturating_sub(RENEWED_BEFORE).max(left / 2)
    }
}
