use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use futures::future::join_all;
use larder_cache::Environment;
use larder_sources::{
    AccountId, Accounts, AppTag, AskedServers, EC2_REGIONS, FailureKind, FetchError, Lookup, LookupEvents,
    RecordedEvent, Region, RegisteredAccount, Scope, Server, data_type, servers_by_id, servers_with, usable_regions,
};

use super::waiting::WaitingIn;
use super::{Places, Upstream};
use crate::configuration::Configuration;
use crate::runtime::{Failure, Place};
use crate::wiring::{OpenedHistory, accounts};
use crate::{Place as Registered, Registration, Registrations};

/// AWS itself, in the accounts that are configured.
pub struct AwsUpstream {
    configuration: Configuration,
    aws: SdkConfig,
    history: OpenedHistory,
    accounts: Arc<Accounts>,
    lookups: LookupEvents,
    tag: AppTag,
}

impl AwsUpstream {
    /// The servers with that tag, in the configured accounts. Nothing is asked yet.
    #[must_use]
    pub fn new(
        configuration: &Configuration,
        tag: AppTag,
        aws: SdkConfig,
        environment: Arc<dyn Environment>,
        history: &OpenedHistory,
    ) -> Self {
        let accounts = Arc::new(accounts(configuration, aws.clone(), history));
        let waiting = Arc::new(WaitingIn(environment));
        let lookups = LookupEvents::new(accounts.clone(), waiting, configuration.runtime.most_pages);
        Self { configuration: configuration.clone(), aws, history: history.clone(), accounts, lookups, tag }
    }

    /// Those that the account is registered with, else all that it may use.
    async fn regions(&self, account: &RegisteredAccount) -> Result<Vec<Region>, FetchError> {
        if !account.regions().is_empty() {
            return Ok(account.regions().to_vec());
        }
        let unusable = |reason: String| FetchError::new(FailureKind::Malformed, EC2_REGIONS, reason);
        let row = data_type(EC2_REGIONS).ok_or_else(|| unusable("there is no such data type".to_owned()))?;
        let scope = Scope { region: None, account: Some(account.id().clone()) };
        let answer = self.accounts.fetch(row, &scope).await?;
        Ok(usable_regions(&answer).map_err(|error| unusable(error.to_string()))?.known)
    }
}

#[async_trait]
impl Upstream for AwsUpstream {
    async fn places(&self) -> Places {
        let Registrations { accounts, invalid, table_failure, database_failure, own_failure } =
            Registrations::read(&self.configuration, &self.aws, &self.history).await;
        let mut failed: Vec<_> =
            table_failure.iter().chain(&own_failure).map(|error| (None, Failure::from(error))).collect();
        failed.extend(database_failure.iter().map(|problem| (None, Failure::new(problem.code(), problem.detail()))));
        failed.extend(invalid.iter().map(|error| (Some(error.id().to_owned()), Failure::from(error))));
        // The table that can't be read may have the own account, with some regions only.
        let is_told = |registration: &Registration| table_failure.is_none() || registration.places != [Registered::Own];
        let accounts: Vec<_> = accounts.into_iter().filter(is_told).map(|registration| registration.account).collect();
        let told = join_all(accounts.iter().map(|account| self.regions(account))).await;
        let mut known = BTreeSet::new();
        for (account, regions) in accounts.iter().zip(told) {
            let place = |region| Place { account: account.id().clone(), region };
            match regions {
                Ok(regions) => known.extend(regions.into_iter().map(place)),
                Err(error) => failed.push((Some(account.id().to_string()), Failure::from(&error))),
            }
        }
        Places { known, failed }
    }

    async fn events(&self, lookup: &Lookup, within: Duration) -> Result<Vec<RecordedEvent>, FetchError> {
        self.lookups.every_event(lookup, within).await
    }

    async fn tagged(&self, Place { account, region }: &Place) -> Result<Vec<Server>, FetchError> {
        servers_with(&self.tag, &self.accounts, account, *region).await
    }

    async fn by_id(&self, place: &Place, ids: BTreeSet<String>) -> Result<AskedServers, FetchError> {
        let account: &AccountId = &place.account;
        servers_by_id(ids, &self.accounts, account, place.region).await
    }
}

impl fmt::Debug for AwsUpstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsUpstream").field("tag", &self.tag).finish_non_exhaustive()
    }
}
