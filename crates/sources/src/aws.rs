use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;

use crate::identity::Identity;
use crate::whole_answer::WholeAnswer;
use crate::{AccountId, FetchError, Region};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// The SDK's clients with one set of credentials: made when first asked for, one per region, and kept.
///
/// Retries are the SDK's own, nothing is stacked on them. Where the given configuration has no timeouts, connecting
/// may take 2 s and an attempt 10 s.
#[derive(Debug)]
pub struct Aws {
    config: SdkConfig,
    ec2: PerRegion<aws_sdk_ec2::Client>,
    drs: PerRegion<aws_sdk_drs::Client>,
    service_quotas: PerRegion<aws_sdk_servicequotas::Client>,
    identity: Identity,
}

impl Aws {
    /// Clients of that configuration; its region is replaced by the one asked.
    #[must_use]
    pub fn new(config: SdkConfig) -> Self {
        Self {
            config: with_timeouts(config),
            ec2: PerRegion::default(),
            drs: PerRegion::default(),
            service_quotas: PerRegion::default(),
            identity: Identity::default(),
        }
    }

    /// The account of these credentials, from STS `GetCallerIdentity`: asked once and kept. A failure is not kept. STS is
    /// asked in the configuration's region, else in the one `near` whose region is asked about, since each partition has
    /// an STS of its own. It has 5 s, retries included.
    ///
    /// # Errors
    /// Whatever the call failed with, and [`crate::FailureKind::Malformed`] for an answer without an account.
    pub async fn identity(&self, near: Option<Region>) -> Result<AccountId, FetchError> {
        self.identity.get(&self.config, near).await
    }

    /// Amazon EC2 in that region.
    #[must_use]
    pub fn ec2(&self, region: Region) -> aws_sdk_ec2::Client {
        self.ec2.get(region, || {
            let config = aws_sdk_ec2::config::Builder::from(&self.config_in(region));
            aws_sdk_ec2::Client::from_conf(config.interceptor(WholeAnswer).build())
        })
    }

    /// AWS Elastic Disaster Recovery in that region.
    #[must_use]
    pub fn drs(&self, region: Region) -> aws_sdk_drs::Client {
        self.drs.get(region, || aws_sdk_drs::Client::new(&self.config_in(region)))
    }

    /// Service Quotas in that region.
    #[must_use]
    pub fn service_quotas(&self, region: Region) -> aws_sdk_servicequotas::Client {
        self.service_quotas.get(region, || aws_sdk_servicequotas::Client::new(&self.config_in(region)))
    }

    fn config_in(&self, region: Region) -> SdkConfig {
        let region = aws_config::Region::from_static(region.name());
        self.config.to_builder().region(region).build()
    }
}

fn with_timeouts(config: SdkConfig) -> SdkConfig {
    let ours = TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).operation_attempt_timeout(ATTEMPT_TIMEOUT);
    let given = config.timeout_config().map(TimeoutConfig::to_builder);
    let timeouts = given.unwrap_or_default().take_unset_from(ours).build();
    config.into_builder().timeout_config(timeouts).build()
}

#[derive(Debug)]
struct PerRegion<C>(Mutex<HashMap<Region, C>>);

impl<C> Default for PerRegion<C> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<C: Clone> PerRegion<C> {
    fn get(&self, region: Region, make: impl FnOnce() -> C) -> C {
        // A panic in `make` leaves the map as it was, so a poisoned lock is still good.
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clients.entry(region).or_insert_with(make).clone()
    }
}

#[cfg(test)]
mod tests;
