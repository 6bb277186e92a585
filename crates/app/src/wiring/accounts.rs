use std::sync::Arc;

use aws_config::SdkConfig;
use larder_sources::{AccountRegistry, Accounts, DynamoDbAccounts, SeveralRegistries};

use super::{OpenedHistory, ambient_aws};
use crate::configuration::Configuration;
use crate::sql_accounts::SqlAccounts;
use crate::{AwsFetcher, SystemEnvironment};

/// Who answers for which account: the credentials of `aws` for their own, and roles for those of `larder.toml`, of the
/// accounts table and of the history's database. What the file says of an account counts most, then the table.
#[must_use]
pub fn accounts(configuration: &Configuration, aws: SdkConfig, history: &OpenedHistory) -> Accounts {
    let mut registries: Vec<Arc<dyn AccountRegistry>> = vec![Arc::new(configuration.accounts.clone())];
    if let Some(table) = &configuration.accounts_table {
        registries.push(Arc::new(accounts_table(table, &aws)));
    }
    if history.is_configured() {
        registries.push(Arc::new(SqlAccounts::new(history.clone(), Arc::new(SystemEnvironment::new()))));
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
pub fn ambient_fetcher(configuration: &Configuration, history: &OpenedHistory) -> AwsFetcher {
    let (configuration, history) = (configuration.clone(), history.clone());
    AwsFetcher::new(move || {
        let (configuration, history) = (configuration.clone(), history.clone());
        async move { accounts(&configuration, ambient_aws().await, &history) }
    })
}
