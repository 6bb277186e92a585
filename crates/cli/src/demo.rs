use std::future::ready;
use std::sync::Arc;

use anyhow::Context;
use aws_config::SdkConfig;
use larder_app::configuration::{Configuration, RuntimeConfiguration, StoreChoice};
use larder_app::wiring::{accounts, fixed_aws};
use larder_app::{AccountEntry, AwsFetcher, ConfiguredAccounts, DATA_TYPES, Fetcher};
use larder_standin::{APP_TAG, Account, Config, Handle, Latency, Standin};

use crate::arguments::StoreFlag;
use crate::exit::WrongUsage;

/// A made-up fleet behind the AWS endpoints of this process.
pub(crate) struct Demo(Handle);

impl Demo {
    /// Starts it, with answers as slow as AWS's.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let config = Config { latency: Latency::Realistic, ..Config::default() };
        Standin::start(config).await.map(Self).context("the demo's fleet could not be started")
    }

    /// A configuration with the fleet's accounts and the tag of its servers.
    pub(crate) fn configuration(&self, mut configuration: Configuration) -> anyhow::Result<Configuration> {
        let [account, others @ ..] = self.0.fleet().accounts() else {
            anyhow::bail!("the demo's fleet has no account")
        };
        let entries = others.iter().map(by_role).chain([named(account)]);
        let registered = entries.map(TryInto::try_into).collect::<Result<Vec<_>, _>>()?;
        configuration.accounts = ConfiguredAccounts::new(registered)?;
        let (key, value) = APP_TAG;
        let tag = format!("{key}={value}").parse().context("the servers of the demo's fleet have no tag")?;
        configuration.runtime = RuntimeConfiguration { app_tag: Some(tag), ..Configuration::default().runtime };
        Ok(configuration)
    }

    /// AWS as the fleet's first account sees it. The person's own credentials, profile and endpoints play no part.
    pub(crate) fn aws(&self) -> anyhow::Result<SdkConfig> {
        let account = self.account()?;
        let region = self.0.fleet().regions().first().context("the demo's fleet has no region")?;
        Ok(fixed_aws(&self.0.url(), region, account.access_key_id(), account.secret_access_key()))
    }

    /// The same for questions, with all accounts of the configuration, the others by their roles.
    pub(crate) fn fetcher(&self, configuration: &Configuration) -> anyhow::Result<Arc<dyn Fetcher>> {
        let (configuration, aws) = (configuration.clone(), self.aws()?);
        Ok(Arc::new(AwsFetcher::new(move || ready(accounts(&configuration, aws.clone())))))
    }

    fn account(&self) -> anyhow::Result<&Account> {
        self.0.fleet().accounts().first().context("the demo's fleet has no account")
    }

    /// Requests to try, for a server at `url`.
    pub(crate) fn examples(&self, url: &str) -> Vec<String> {
        let region = self.0.fleet().regions().first().copied().unwrap_or("us-east-1");
        let paths = DATA_TYPES.iter().map(|row| match row.scope.has_region() {
            true => format!("{}?region={region}", row.path),
            false => row.path.to_owned(),
        });
        let routes = paths.chain(["/runtime/servers".to_owned()]).map(|path| format!("  curl -i '{url}{path}'"));
        routes.chain([format!("  larder runtime --url {url}")]).chain(self.environment()).collect()
    }

    /// What makes any tool for AWS ask the fleet.
    fn environment(&self) -> Vec<String> {
        let Ok(account) = self.account() else { return Vec::new() };
        let (key, value) = APP_TAG;
        let variables = [
            ("AWS_ENDPOINT_URL", self.0.url()),
            ("AWS_REGION", self.0.fleet().regions().first().copied().unwrap_or("us-east-1").to_owned()),
            ("AWS_ACCESS_KEY_ID", account.access_key_id().to_owned()),
            ("AWS_SECRET_ACCESS_KEY", account.secret_access_key().to_owned()),
            ("LARDER_APP_TAG", format!("{key}={value}")),
        ];
        let variables = variables.map(|(name, value)| format!("  export {name}={value}"));
        ["The made-up AWS answers other tools too:".to_owned()].into_iter().chain(variables).collect()
    }

    /// Stops it.
    pub(crate) async fn stop(self) {
        self.0.stop().await;
    }
}

fn named(account: &Account) -> AccountEntry {
    AccountEntry {
        account_id: account.id().to_string(),
        name: Some(account.name().to_owned()),
        ..AccountEntry::default()
    }
}

fn by_role(account: &Account) -> AccountEntry {
    let (role_arn, external_id) = (Some(account.role_arn()), Some(account.external_id()));
    AccountEntry { role_arn, external_id, ..named(account) }
}

/// The configuration of a demo: nothing of it is kept, and nothing of the person's AWS is used. A store in the settings
/// is for what AWS said, so only the flag beside `--demo` names one, and never a table that others share.
///
/// # Errors
/// [`WrongUsage`] for a table.
pub(crate) fn configuration_of_demo(
    mut configuration: Configuration,
    store: &StoreFlag,
) -> Result<Configuration, WrongUsage> {
    let named = configuration.store.take().filter(|_| store.store.is_some());
    if let Some(StoreChoice::DynamoDb(table)) = named {
        let reason = "made-up answers would go into a table with your own credentials. Use memory or sqlite:PATH";
        return Err(WrongUsage(format!("--demo does not go with --store dynamodb:{table}: {reason}")));
    }
    configuration.store = named.or(Some(StoreChoice::Memory));
    configuration.table = None;
    configuration.own_account = None;
    configuration.accounts = ConfiguredAccounts::default();
    configuration.accounts_table = None;
    Ok(configuration)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The store of a demo where `configured` came of the flag, or of the settings where there is none.
    fn store_of_demo(configured: StoreChoice, flag: Option<&str>) -> Result<Option<StoreChoice>, WrongUsage> {
        let flag = StoreFlag { store: flag.map(str::to_owned) };
        let (store, table) = (Some(configured), Some("shared".to_owned()));
        let given = Configuration { store, table, ..Configuration::default() };
        let configuration = configuration_of_demo(given, &flag)?;
        assert_eq!(configuration.table, None);
        Ok(configuration.store)
    }

    #[test]
    fn only_the_flag_names_the_store_of_a_demo() {
        let (file, table) = (StoreChoice::Sqlite("mine".into()), StoreChoice::DynamoDb("shared".to_owned()));
        for set in [&file, &table] {
            assert_eq!(store_of_demo(set.clone(), None).expect("no store"), Some(StoreChoice::Memory));
        }
        assert_eq!(store_of_demo(file.clone(), Some("sqlite:mine")).expect("a file"), Some(file));
        let refused = store_of_demo(table, Some("dynamodb:shared")).expect_err("a table");
        assert!(refused.to_string().contains("--store dynamodb:shared"), "{refused}");
    }
}
