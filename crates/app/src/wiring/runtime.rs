use std::path::Path;
use std::sync::{Arc, LazyLock};

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use larder_cache::Environment;
use larder_sources::AppTag;

use super::OpenedHistory;
use crate::configuration::Configuration;
use crate::runtime::{
    AwsUpstream, DynamoDbItems, DynamoDbServers, Items, Ledger, RuntimeParts, ServersInItems, SqliteItems, TableError,
};

/// Why running minutes can't be worked out.
#[derive(Debug, thiserror::Error)]
pub enum NoRuntime {
    /// A setting is missing.
    #[error("{setting} is not set; it must name {what}")]
    Unset {
        /// The variable.
        setting: &'static str,
        /// What it is for.
        what: &'static str,
    },
    /// The file of a laptop can't be used.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// Running minutes as a host has them: made when somebody first asks, or the reason why there are none.
pub struct OpenedRuntime(LazyLock<Opened, Box<dyn FnOnce() -> Opened + Send>>);

/// The parts, or why there are none.
type Opened = Result<RuntimeParts, String>;

impl OpenedRuntime {
    /// Those that `open` opens once somebody asks.
    #[must_use]
    pub fn when_asked(open: impl FnOnce() -> Result<RuntimeParts, NoRuntime> + Send + 'static) -> Self {
        Self(LazyLock::new(Box::new(|| open().map_err(|error| error.to_string()))))
    }

    /// None, and why.
    #[must_use]
    pub fn none(reason: String) -> Self {
        Self(LazyLock::new(Box::new(|| Err(reason))))
    }

    /// The parts, or why there are none.
    ///
    /// # Errors
    /// The reason, for people.
    pub fn parts(&self) -> Result<&RuntimeParts, &str> {
        self.0.as_ref().map_err(String::as_str)
    }
}

/// Running minutes in the configured DynamoDB tables. Nothing is asked yet.
///
/// # Errors
/// [`NoRuntime::Unset`].
pub fn dynamodb_runtime(
    configuration: &Configuration,
    aws: &SdkConfig,
    environment: Arc<dyn Environment>,
    history: &OpenedHistory,
) -> Result<RuntimeParts, NoRuntime> {
    let (tag, set) = (app_tag(configuration)?, &configuration.runtime);
    let table = set.table.as_ref().ok_or(NoRuntime::Unset {
        setting: "RUNTIME_TABLE_NAME",
        what: "the DynamoDB table of what running minutes are worked out of",
    })?;
    let servers = set
        .servers_table
        .as_ref()
        .ok_or(NoRuntime::Unset { setting: "SERVERS_TABLE_NAME", what: "the DynamoDB table of the servers" })?;
    let client = patient_client(aws);
    let items = Arc::new(DynamoDbItems::new(client.clone(), table));
    let servers = Arc::new(DynamoDbServers::new(client, servers));
    let upstream = AwsUpstream::new(configuration, tag, aws.clone(), environment.clone(), history);
    Ok(RuntimeParts { upstream: Arc::new(upstream), ledger: Ledger::new(items), servers, environment })
}

/// Running minutes in a SQLite file, made with its folder if it isn't there, or in this process's memory where no file is
/// named.
///
/// # Errors
/// [`NoRuntime`].
pub async fn sqlite_runtime(
    configuration: &Configuration,
    file: Option<&Path>,
    aws: &SdkConfig,
    environment: Arc<dyn Environment>,
    history: &OpenedHistory,
) -> Result<RuntimeParts, NoRuntime> {
    let tag = app_tag(configuration)?;
    let items: Arc<dyn Items> = Arc::new(match file {
        Some(file) => SqliteItems::open(file).await?,
        None => SqliteItems::in_memory().await?,
    });
    let servers = Arc::new(ServersInItems::new(items.clone()));
    let upstream = AwsUpstream::new(configuration, tag, aws.clone(), environment.clone(), history);
    Ok(RuntimeParts { upstream: Arc::new(upstream), ledger: Ledger::new(items), servers, environment })
}

fn app_tag(configuration: &Configuration) -> Result<AppTag, NoRuntime> {
    configuration.runtime.app_tag.clone().ok_or_else(NoRuntime::no_tag)
}

impl NoRuntime {
    /// That nobody said which servers count.
    #[must_use]
    pub fn no_tag() -> Self {
        let what = "the tag of the servers whose running minutes are worked out, such as App=larder";
        Self::Unset { setting: "LARDER_APP_TAG", what }
    }
}

/// Nobody waits for these answers, but an attempt that hangs must not take the whole run with it.
fn patient_client(aws: &SdkConfig) -> Client {
    let [connect, attempt, operation] = [2, 5, 30].map(std::time::Duration::from_secs);
    let timeouts = TimeoutConfig::builder().connect_timeout(connect).operation_attempt_timeout(attempt);
    let timeouts = timeouts.operation_timeout(operation).build();
    Client::from_conf(aws_sdk_dynamodb::config::Builder::from(aws).timeout_config(timeouts).build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEnvironment;
    use crate::wiring::fixed_aws;

    #[test]
    fn what_is_not_set_is_named() {
        let mut configuration = Configuration::default();
        let aws = fixed_aws("http://127.0.0.1:9", "us-east-1", "key", "secret");
        let said = |configuration: &Configuration| {
            let history = OpenedHistory::none("a test has none");
            let runtime = dynamodb_runtime(configuration, &aws, Arc::new(SystemEnvironment::new()), &history);
            runtime.err().map(|error| error.to_string()).unwrap_or_default()
        };
        assert!(said(&configuration).starts_with("LARDER_APP_TAG is not set; it must name the tag"));
        configuration.runtime.app_tag = Some("App=larder".parse().expect("a tag"));
        assert!(said(&configuration).starts_with("RUNTIME_TABLE_NAME is not set"));
        configuration.runtime.table = Some("runtime-dev".to_owned());
        assert!(said(&configuration).starts_with("SERVERS_TABLE_NAME is not set"));
        configuration.runtime.servers_table = Some("servers-dev".to_owned());
        assert_eq!(said(&configuration), "");
    }
}
