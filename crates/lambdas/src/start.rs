use std::future::ready;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use aws_config::SdkConfig;
use larder_app::configuration::{Configuration, DatabaseChoice, LogLevel, StoreChoice, load};
use larder_app::events::EventResponder;
use larder_app::metrics::MetricsLog;
use larder_app::runtime::RuntimeCalculator;
use larder_app::warming::Warmer;
use larder_app::wiring::{
    OpenedHistory, OpenedRuntime, accounts, ambient_aws, dynamodb_runtime, dynamodb_store, history_of, switched_off,
};
use larder_app::{
    App, AwsFetcher, Cache, Environment, LogFormat, Parts, Refresh, Retention, SystemEnvironment, start_logging,
};

use crate::{InventorySync, Invocations};

/// Nothing may rely on work after the answer, so a stale answer waits this long for its refresh.
const REFRESH_WITHIN: Duration = Duration::from_millis(250);

/// Reads the configuration and wires the app of a function. `None` if a setting is missing or wrong, which the log
/// names with its source; the function must not start then.
pub async fn start() -> Option<(App, Invocations)> {
    started(wired().await)
}

/// The same for the calculator of running minutes.
pub async fn start_calculator(environment: Arc<dyn Environment>) -> Option<(RuntimeCalculator, Invocations)> {
    started(wired_calculator(environment).await)
}

/// The same for what takes events.
pub async fn start_responder() -> Option<(EventResponder, Invocations)> {
    started(wired_responder().await)
}

/// The same for a function in the network of the history's database.
pub async fn start_with_history() -> Option<(App, Invocations)> {
    started(wired_with_history().await.map(|(app, invocations, _)| (app, invocations)))
}

/// The same for what syncs.
pub async fn start_sync() -> Option<(InventorySync, Invocations)> {
    let wired = wired_with_history().await;
    started(wired.map(|(app, invocations, retention)| (InventorySync::new(app, retention), invocations)))
}

/// The same for what keeps entries warm.
pub async fn start_warmer(environment: Arc<dyn Environment>) -> Option<(Warmer, Invocations)> {
    started(wired_warmer(environment).await)
}

fn started<T>(wired: anyhow::Result<T>) -> Option<T> {
    match wired {
        Ok(wired) => Some(wired),
        Err(error) => {
            start_logging(LogLevel::Info, LogFormat::Json);
            tracing::error!(error = format!("{error:#}"), "the function does not start");
            None
        }
    }
}

/// How a function's process ends once its runtime has.
#[must_use]
pub fn ended(outcome: Result<(), lambda_runtime::Error>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the Lambda runtime failed");
            ExitCode::FAILURE
        }
    }
}

async fn wired() -> anyhow::Result<(App, Invocations)> {
    let (app, invocations, _) = wired_by(|_, _| no_history()).await?;
    Ok((app, invocations))
}

async fn wired_with_history() -> anyhow::Result<(App, Invocations, Retention)> {
    wired_by(|configuration, environment| {
        history_of(&configuration.history, DatabaseChoice::Nowhere, environment.clone())
    })
    .await
}

/// The app with the history that `open` gives; nothing of that is asked yet.
async fn wired_by(
    open: impl FnOnce(&Configuration, &Arc<dyn Environment>) -> OpenedHistory,
) -> anyhow::Result<(App, Invocations, Retention)> {
    let mut configuration = load(None, &[]).context("the configuration is wrong")?;
    configuration.cache.settings.refresh = Refresh::Within(REFRESH_WITHIN);
    let table = table(&configuration)?;
    start_logging(configuration.log_level.unwrap_or_default(), LogFormat::Json);
    let environment: Arc<dyn Environment> = Arc::new(SystemEnvironment::new());
    let history = open(&configuration, &environment);
    let app = app(&configuration, table.as_deref(), ambient_aws().await, environment.clone(), history);
    let invocations = invocations(&configuration, environment, Some(app.cache().clone()));
    Ok((app, invocations, configuration.history.retention))
}

/// How a function's invocations are watched, and the cache whose counters they tell of.
fn invocations(configuration: &Configuration, environment: Arc<dyn Environment>, cache: Option<Cache>) -> Invocations {
    let metrics = MetricsLog::new(configuration.metrics_namespace.clone(), environment.clone(), cache);
    Invocations::new(metrics, environment)
}

/// The app over a table, or over none.
fn app(
    configuration: &Configuration,
    table: Option<&str>,
    aws: SdkConfig,
    environment: Arc<dyn Environment>,
    history: OpenedHistory,
) -> App {
    let store = match table {
        Some(table) => dynamodb_store(table, &aws, environment.clone()),
        None => switched_off(),
    };
    tracing::info!(store = %store.description, deployment = configuration.deployment, "the function starts");
    let (opened, of_runtime) = (configuration.clone(), (configuration.clone(), aws.clone(), environment.clone()));
    let of_accounts = history.clone();
    let fetcher = Arc::new(AwsFetcher::new(move || ready(accounts(&opened, aws.clone(), &of_accounts))));
    let runtime = OpenedRuntime::when_asked(move || {
        let (configuration, aws, environment) = of_runtime;
        dynamodb_runtime(&configuration, &aws, environment, &no_history())
    });
    App::new(Parts { configuration, environment, store, fetcher, runtime, history })
}

/// A function that is not in the database's network has no history.
fn no_history() -> OpenedHistory {
    OpenedHistory::none("this function is not in the network of its database")
}

async fn wired_calculator(environment: Arc<dyn Environment>) -> anyhow::Result<(RuntimeCalculator, Invocations)> {
    let configuration = load(None, &[]).context("the configuration is wrong")?;
    let aws = ambient_aws().await;
    let parts = dynamodb_runtime(&configuration, &aws, environment.clone(), &no_history())?;
    start_logging(configuration.log_level.unwrap_or_default(), LogFormat::Json);
    tracing::info!(deployment = configuration.deployment, "the function starts");
    Ok((RuntimeCalculator::new(parts), invocations(&configuration, environment, None)))
}

async fn wired_responder() -> anyhow::Result<(EventResponder, Invocations)> {
    let mut configuration = load(None, &[]).context("the configuration is wrong")?;
    // What is made old while caching is switched off must not be fresh when it is switched on again.
    configuration.cache.disabled = false;
    let table = table(&configuration)?;
    let environment: Arc<dyn Environment> = Arc::new(SystemEnvironment::new());
    let aws = ambient_aws().await;
    let runtime = dynamodb_runtime(&configuration, &aws, environment.clone(), &no_history())?;
    start_logging(configuration.log_level.unwrap_or_default(), LogFormat::Json);
    let app = app(&configuration, table.as_deref(), aws, environment.clone(), no_history());
    let invocations = invocations(&configuration, environment, Some(app.cache().clone()));
    Ok((EventResponder::new(app, runtime), invocations))
}

async fn wired_warmer(environment: Arc<dyn Environment>) -> anyhow::Result<(Warmer, Invocations)> {
    let configuration = load(None, &[]).context("the configuration is wrong")?;
    let table = table(&configuration)?;
    start_logging(configuration.log_level.unwrap_or_default(), LogFormat::Json);
    let app = app(&configuration, table.as_deref(), ambient_aws().await, environment.clone(), no_history());
    let invocations = invocations(&configuration, environment.clone(), Some(app.cache().clone()));
    Ok((Warmer::new(app, &configuration, environment), invocations))
}

/// The table, or `None` where caching is switched off. Containers share nothing but a table.
fn table(configuration: &Configuration) -> anyhow::Result<Option<String>> {
    if configuration.cache.disabled {
        return Ok(None);
    }
    match &configuration.store {
        None => {}
        Some(StoreChoice::DynamoDb(table)) => return Ok(Some(table.clone())),
        Some(_) => anyhow::bail!("LARDER_STORE: a function keeps entries in dynamodb:TABLE only"),
    }
    let table = configuration.table.clone();
    table.map(Some).context("CACHE_TABLE_NAME is not set; it must name the DynamoDB table of the cache")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_needs_a_table_unless_caching_is_off() {
        let mut configuration = Configuration::default();
        let error = table(&configuration).expect_err("no table");
        assert!(error.to_string().starts_with("CACHE_TABLE_NAME is not set"));
        configuration.table = Some("cache-dev".to_owned());
        assert_eq!(table(&configuration).expect("a table").as_deref(), Some("cache-dev"));
        configuration.store = Some(StoreChoice::DynamoDb("other".to_owned()));
        assert_eq!(table(&configuration).expect("a table").as_deref(), Some("other"));
        configuration.store = Some(StoreChoice::Memory);
        let error = table(&configuration).expect_err("no table");
        assert!(error.to_string().starts_with("LARDER_STORE: "), "it may stand in a file as well: {error}");
        configuration.cache.disabled = true;
        assert_eq!(table(&configuration).expect("no table needed"), None);
    }
}
