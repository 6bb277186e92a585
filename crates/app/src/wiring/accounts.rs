use std::sync::Arc;

use aws_config::SdkConfig;
use larder_sources::{AccountRegistry, Accounts, DynamoDbAccounts, SeveralRegistries};

use super::ambient_aws;
use crate::AwsFetcher;
use crate::configuration::Configuration;

/// Who answers for which account: the credentials of `aws` for their own, and roles for those of `larder.toml` and of
/// the accounts table. What the file says of an account counts more.
#[must_use]
pub fn accounts(configuration: &Configuration, aws: SdkConfig) -> Accounts {
    let mut registries: Vec<Arc<dyn AccountRegistry>> = vec![Arc::new(configuration.accounts.clone())];
    if let Some(table) = &configuration.accounts_table {
        registries.push(Arc::new(accounts_table(table, &aws)));
    }
    Accounts::new(aws, Arc::new(SeveralRegistries(registries)))
}

/// The accounts in that table. Nothing is asked yet.
#[must_use]
pub fn accounts_table(table: &str, aws: &SdkConfig) -> DynamoDbAccounts {
    DynamoDbAccounts::new(DynamoDbAccounts::client(aws), table)
}

/// AWS by the SDK's own configuration, and the accounts that are configured.
#[must_use]
pub fn ambient_fetcher(configuration: &Configuration) -> AwsFetcher {
    let configuration = configuration.clone();
    AwsFetcher::new(move || {
        let configuration = configuration.clone();
        async move { accounts(&configuration, ambient_aws().await) }
    })
}
