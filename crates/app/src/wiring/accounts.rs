use std::sync::Arc;

use aws_config::SdkConfig;
use larder_sources::{AccountRegistry, Accounts, DynamoDbAccounts, SeveralRegistries};

use super::{OpenedHistory, ambient_aws};
use crate::configuration::Configuration;
use crate::sql_accounts::SqlAccounts;
use crate::{AwsFetcher, SystemEnvironment};

/// The registry that processes share, besides each one's own `larder.toml`.
pub(crate) enum SharedRegistry<'a> {
    /// The accounts table of that name.
    Table(&'a str),
    /// That history's database.
    Database(&'a OpenedHistory),
}

/// The one that is there. Of a deployment with a table, only some processes reach a database, and what is kept for all of
/// them must not depend on which of them fetched it: its accounts are not asked then.
pub(crate) fn shared_registry<'a>(
    configuration: &'a Configuration,
    history: &'a OpenedHistory,
) -> Option<SharedRegistry<'a>> {
    let of_database = || history.is_configured().then_some(SharedRegistry::Database(history));
    configuration.accounts_table.as_deref().map(SharedRegistry::Table).or_else(of_database)
}

/// Who answers for which account: the credentials of `aws` for their own, and roles for those of `larder.toml` and of the
/// accounts table, or, where no table is configured, of the history's database. What the file says of an account counts
/// more.
#[must_use]
pub fn accounts(configuration: &Configuration, aws: SdkConfig, history: &OpenedHistory) -> Accounts {
    let mut registries: Vec<Arc<dyn AccountRegistry>> = vec![Arc::new(configuration.accounts.clone())];
    match shared_registry(configuration, history) {
        Some(SharedRegistry::Table(table)) => registries.push(Arc::new(accounts_table(table, &aws))),
        Some(SharedRegistry::Database(history)) => {
            registries.push(Arc::new(SqlAccounts::new(history.clone(), Arc::new(SystemEnvironment::new()))));
        }
        None => {}
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
