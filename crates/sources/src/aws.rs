use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::{TimeoutConfig, TimeoutConfigBuilder};

use crate::accounts::Own;
use crate::identity::{Caller, GET_CALLER_IDENTITY, Identity, caller};
use crate::partition::{COMMERCIAL, account_wide_region, cost_explorer_region};
use crate::whole_answer::WholeAnswer;
use crate::{AccountId, AccountRegistry, FetchError, Region, RegisteredAccount, RoleArn};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// The SDK's clients with one set of credentials: made when first asked for, one per region, and kept.
///
/// Retries are the SDK's own, nothing is stacked on them; CloudTrail's are ours. Where the given configuration has no timeouts, connecting
/// may take 2 s and an attempt 10 s.
#[derive(Debug)]
pub struct Aws {
    config: SdkConfig,
    ec2: PerRegion<aws_sdk_ec2::Client>,
    cloudtrail: PerRegion<aws_sdk_cloudtrail::Client>,
    drs: PerRegion<aws_sdk_drs::Client>,
    service_quotas: PerRegion<aws_sdk_servicequotas::Client>,
    iam: OnceLock<aws_sdk_iam::Client>,
    cost_explorer: OnceLock<aws_sdk_costexplorer::Client>,
    identity: Identity,
    partition: &'static str,
    others: Others,
}

/// How these credentials come to know of other accounts.
#[derive(Debug)]
enum Others {
    /// They don't.
    None,
    /// They are Larder's own, and this registry has the others.
    Registered(Arc<dyn AccountRegistry>),
    /// They are those of a role that Larder's own assumed.
    KnownTo(Arc<Own>),
}

impl Aws {
    /// Clients of that configuration; its region is replaced by the one asked.
    #[must_use]
    pub fn new(config: SdkConfig) -> Self {
        let region = config.region().and_then(|region| Region::parse(region.as_ref()));
        Self {
            config: with_timeouts(config),
            ec2: PerRegion::default(),
            cloudtrail: PerRegion::default(),
            drs: PerRegion::default(),
            service_quotas: PerRegion::default(),
            iam: OnceLock::new(),
            cost_explorer: OnceLock::new(),
            identity: Identity::default(),
            partition: region.map_or(COMMERCIAL, Region::partition),
            others: Others::None,
        }
    }

    /// The same, with a registry of the other accounts.
    pub(crate) fn knowing(self, registry: Arc<dyn AccountRegistry>) -> Self {
        Self { others: Others::Registered(registry), ..self }
    }

    /// The clients of a role that `own` assumed: `config` has its credentials.
    pub(crate) fn of_role(config: SdkConfig, role: &RoleArn, own: Arc<Own>) -> Self {
        Self {
            identity: Identity::known(role.account().clone()),
            partition: role.partition(),
            others: Others::KnownTo(own),
            ..Self::new(config)
        }
    }

    /// The account of these credentials, from STS `GetCallerIdentity`: asked once and kept. A failure is not kept. Of a
    /// role that was assumed it is the role's account, without asking. STS is asked in the partition of the configured
    /// region, else in that of `near`, the region of the question that needs it. It has 5 s, retries included.
    ///
    /// # Errors
    /// Whatever the call failed with, and [`crate::FailureKind::Malformed`] for an answer without an account.
    pub async fn identity(&self, near: Option<Region>) -> Result<AccountId, FetchError> {
        let near = near.filter(|_| self.config.region().is_none());
        let partition = near.map_or(self.partition, Region::partition);
        self.identity.get(|timeouts| self.sts(partition, timeouts)).await
    }

    /// Whether [`Self::identity`] has its answer without asking.
    pub(crate) fn knows_its_identity(&self) -> bool {
        self.identity.is_known()
    }

    /// The same as [`Self::identity`], but asked now, of a role too.
    pub(crate) async fn ask_identity(&self) -> Result<AccountId, FetchError> {
        Identity::default().get(|timeouts| self.sts(self.partition, timeouts)).await
    }

    /// Who these credentials are of, asked now.
    ///
    /// # Errors
    /// Whatever the call failed with, and [`crate::FailureKind::Malformed`] for an answer that does not say.
    pub async fn caller(&self) -> Result<Caller, FetchError> {
        caller(|timeouts| self.sts(self.partition, timeouts)).await
    }

    /// Whether these are the credentials of a role that Larder's own assumed.
    pub(crate) fn is_of_a_role(&self) -> bool {
        matches!(self.others, Others::KnownTo(_))
    }

    /// Amazon EC2 in that region.
    #[must_use]
    pub fn ec2(&self, region: Region) -> aws_sdk_ec2::Client {
        self.ec2.get(region, || {
            let config = aws_sdk_ec2::config::Builder::from(&self.config_in(region));
            aws_sdk_ec2::Client::from_conf(config.interceptor(WholeAnswer).build())
        })
    }

    /// AWS CloudTrail in that region. It does not repeat what fails: whoever asks it counts every attempt.
    pub(crate) fn cloudtrail(&self, region: Region) -> aws_sdk_cloudtrail::Client {
        self.cloudtrail.get(region, || {
            let config = aws_sdk_cloudtrail::config::Builder::from(&self.config_in(region));
            aws_sdk_cloudtrail::Client::from_conf(config.retry_config(RetryConfig::disabled()).build())
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

    /// AWS Identity and Access Management, which has one endpoint for all regions of a partition.
    #[must_use]
    pub fn iam(&self) -> aws_sdk_iam::Client {
        let make = || {
            let config = aws_sdk_iam::config::Builder::from(&self.config_in(self.account_wide_region()));
            aws_sdk_iam::Client::from_conf(config.interceptor(WholeAnswer).build())
        };
        self.iam.get_or_init(make).clone()
    }

    /// AWS Cost Explorer, which has one endpoint for all regions of a partition.
    #[must_use]
    pub fn cost_explorer(&self) -> aws_sdk_costexplorer::Client {
        let make = || aws_sdk_costexplorer::Client::new(&self.config_in(cost_explorer_region(self.partition)));
        self.cost_explorer.get_or_init(make).clone()
    }

    /// The time of the clock that these clients sign by.
    pub(crate) fn now(&self) -> SystemTime {
        self.config.time_source().unwrap_or_default().now()
    }

    /// The partition of these credentials: that of the role, else that of the configured region, else `aws`.
    #[must_use]
    pub fn partition(&self) -> &'static str {
        self.partition
    }

    /// Where to ask what is the same in all regions.
    #[must_use]
    pub fn account_wide_region(&self) -> Region {
        account_wide_region(self.partition)
    }

    /// STS in the configured region if that is one of `partition`, else where that has its account-wide services: every
    /// STS endpoint of a partition knows every caller and role.
    pub(crate) fn sts(&self, partition: &str, timeouts: TimeoutConfigBuilder) -> aws_sdk_sts::Client {
        let configured = self.config.region().and_then(|region| Region::parse(region.as_ref()));
        let region = configured.filter(|region| region.partition() == partition);
        let config = self.config_in(region.unwrap_or_else(|| account_wide_region(partition)));
        let ours = config.timeout_config().map(TimeoutConfig::to_builder).unwrap_or_default();
        let config = aws_sdk_sts::config::Builder::from(&config);
        let config = config.timeout_config(timeouts.take_unset_from(ours).build());
        aws_sdk_sts::Client::from_conf(config.interceptor(WholeAnswer).build())
    }

    /// The accounts that Larder may ask, its own included, by id; as the registry has them now.
    pub(crate) async fn accounts(&self) -> Result<Vec<RegisteredAccount>, FetchError> {
        let registry = match &self.others {
            Others::KnownTo(own) => return Box::pin(own.aws(GET_CALLER_IDENTITY).await?.accounts()).await,
            Others::Registered(registry) => Some(registry),
            Others::None => None,
        };
        let own = self.identity(None).await?;
        let mut accounts = match registry {
            Some(registry) => registry.list().await?.to_vec(),
            None => Vec::new(),
        };
        if let Err(place) = accounts.binary_search_by(|account| account.id().cmp(&own)) {
            accounts.insert(place, RegisteredAccount::unnamed(own));
        }
        Ok(accounts)
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
