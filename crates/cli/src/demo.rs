use std::future::ready;
use std::sync::Arc;

use anyhow::Context;
use larder_app::configuration::{Configuration, StoreChoice};
use larder_app::wiring::fixed_aws;
use larder_app::{AwsFetcher, DATA_TYPES, Fetcher};
use larder_standin::{Config, Handle, Latency, Standin};

/// A made-up fleet behind the AWS endpoints of this process.
pub(crate) struct Demo(Handle);

impl Demo {
    /// Starts it, with answers as slow as AWS's.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let config = Config { latency: Latency::Realistic, ..Config::default() };
        Standin::start(config).await.map(Self).context("the demo's fleet could not be started")
    }

    /// AWS as the fleet's first account sees it. The person's own credentials, profile and endpoints play no part.
    pub(crate) fn fetcher(&self) -> anyhow::Result<Arc<dyn Fetcher>> {
        let account = self.0.fleet().accounts().first().context("the demo's fleet has no account")?;
        let region = self.0.fleet().regions().first().context("the demo's fleet has no region")?;
        let aws = fixed_aws(&self.0.url(), region, account.access_key_id(), account.secret_access_key());
        Ok(Arc::new(AwsFetcher::new(move || ready(aws.clone()))))
    }

    /// Requests to try, for a server at `url`.
    pub(crate) fn examples(&self, url: &str) -> Vec<String> {
        let region = self.0.fleet().regions().first().copied().unwrap_or("us-east-1");
        let paths = DATA_TYPES.iter().map(|row| format!("{}?region={region}", row.path));
        paths.map(|path| format!("  curl -i '{url}{path}'")).collect()
    }

    /// Stops it.
    pub(crate) async fn stop(self) {
        self.0.stop().await;
    }
}

/// The configuration of a demo: nothing of it is kept, and nothing of the person's AWS is used, unless a store is named.
pub(crate) fn configuration_of_demo(mut configuration: Configuration) -> Configuration {
    configuration.store = configuration.store.or(Some(StoreChoice::Memory));
    configuration.own_account = None;
    configuration
}
