use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use aws_config::SdkConfig;
use larder_app::configuration::{Configuration, HistoryConfiguration, RuntimeConfiguration, StoreChoice};
use larder_app::events::EventResponder;
use larder_app::wiring::{OpenedHistory, accounts, ephemeral_history, fixed_aws, history_of};
use larder_app::{AccountEntry, App, AwsFetcher, ConfiguredAccounts, DATA_TYPES, Fetcher, SystemEnvironment};
use larder_standin::{APP_TAG, Account, Config, Handle, Latency, Standin};

use crate::arguments::Serve;
use crate::exit::WrongUsage;

/// How often what happened to the fleet is told.
const TOLD_EVERY: Duration = Duration::from_secs(1);

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

    /// The history of a demo, gone with it unless its flag says where it is kept.
    pub(crate) fn history(&self, configuration: &Configuration) -> OpenedHistory {
        let environment = Arc::new(SystemEnvironment::new());
        match &configuration.history.database {
            None => ephemeral_history(environment),
            Some(named) => history_of(&configuration.history, named.clone(), environment),
        }
    }

    /// The same for questions, with all accounts of the configuration, the others by their roles.
    pub(crate) fn fetcher(
        &self,
        configuration: &Configuration,
        history: &OpenedHistory,
    ) -> anyhow::Result<Arc<dyn Fetcher>> {
        let (configuration, aws, history) = (configuration.clone(), self.aws()?, history.clone());
        Ok(Arc::new(AwsFetcher::new(move || ready(accounts(&configuration, aws.clone(), &history)))))
    }

    fn account(&self) -> anyhow::Result<&Account> {
        self.0.fleet().accounts().first().context("the demo's fleet has no account")
    }

    /// Hands over what EventBridge tells of the fleet, as it happens, for as long as this is awaited.
    pub(crate) async fn tell(&self, responder: EventResponder, app: App) -> Infallible {
        let mut told = self.0.now();
        loop {
            tokio::time::sleep(TOLD_EVERY).await;
            let now = self.0.now();
            for notification in self.0.lives().notifications(&(told..now), &self.0.delivery()) {
                match responder.respond(&notification.document().to_string()).await {
                    Ok(report) => app.measured(&report),
                    Err(problem) => tracing::warn!(%problem, "an event of the demo's fleet was lost"),
                }
            }
            told = now;
        }
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

/// The configuration of a demo: nothing of it is kept, and nothing of the person's AWS is used. A store or a database in
/// the settings is for what AWS said, so only the flags beside `--demo` name one, and never a table that others share.
///
/// # Errors
/// [`WrongUsage`] for a table.
pub(crate) fn configuration_of_demo(
    mut configuration: Configuration,
    serve: &Serve,
) -> Result<Configuration, WrongUsage> {
    let named = configuration.store.take().filter(|_| serve.store.store.is_some());
    if let Some(StoreChoice::DynamoDb(table)) = named {
        let reason = "made-up answers would go into a table with your own credentials. Use memory or sqlite:PATH";
        return Err(WrongUsage(format!("--demo does not go with --store dynamodb:{table}: {reason}")));
    }
    configuration.store = named.or(Some(StoreChoice::Memory));
    let database = configuration.history.database.take().filter(|_| serve.database.database.is_some());
    configuration.history = HistoryConfiguration { database, ..HistoryConfiguration::default() };
    configuration.table = None;
    configuration.own_account = None;
    configuration.accounts = ConfiguredAccounts::default();
    configuration.accounts_table = None;
    Ok(configuration)
}

#[cfg(test)]
mod tests {
    use larder_app::configuration::DatabaseChoice;

    use super::*;
    use crate::arguments::{DatabaseFlag, StoreFlag};

    /// The flags beside `--demo`.
    fn flags(store: Option<&str>, database: Option<&str>) -> Serve {
        let [store, database] = [store, database].map(|flag| flag.map(str::to_owned));
        Serve { demo: true, listen: None, store: StoreFlag { store }, database: DatabaseFlag { database } }
    }

    /// The store of a demo where `configured` came of the flag, or of the settings where there is none.
    fn store_of_demo(configured: StoreChoice, flag: Option<&str>) -> Result<Option<StoreChoice>, WrongUsage> {
        let (store, table) = (Some(configured), Some("shared".to_owned()));
        let given = Configuration { store, table, ..Configuration::default() };
        let configuration = configuration_of_demo(given, &flags(flag, None))?;
        assert_eq!(configuration.table, None);
        Ok(configuration.store)
    }

    #[test]
    fn only_the_flag_names_the_database_of_a_demo() {
        let mut given = Configuration::default();
        given.history.database = Some(DatabaseChoice::Sqlite("mine".into()));
        given.history.secret = Some("arn".to_owned());
        let of = |flag| configuration_of_demo(given.clone(), &flags(None, flag)).expect("no table").history;
        assert_eq!(of(None), HistoryConfiguration::default());
        assert_eq!(of(Some("sqlite:mine")).database, given.history.database);
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
