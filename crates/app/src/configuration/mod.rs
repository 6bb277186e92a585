//! What a person or a template set: `larder.toml`, then the environment, then flags.

mod accounts;
mod auth;
mod documented;
mod error;
mod file;
mod history;
mod page;
mod plain;
mod read;
mod settings;
mod sync;
mod token;
mod value;
mod warm;
mod windows;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use larder_cache::{FetchOncePer, Policy, Settings};
use larder_sources::{AccountId, AppTag, ConfiguredAccounts, DATA_TYPES, DataType, LookupEvents};

pub use auth::{AuthConfiguration, JwksPlace, TrustedIssuer};
pub use documented::{Documented, documented};
pub use error::{ConfigurationError, Source};
pub(crate) use file::colours_wanted;
pub use file::{ConfigurationFile, check_file, variables_set};
pub(crate) use history::host;
pub use history::{DatabaseChoice, DatabasePlace, DatabaseUrl, HistoryConfiguration};
pub use page::PageConfiguration;
pub(crate) use read::variables;
pub use read::{Flag, load};
pub(crate) use settings::{Setting, settings};
pub use sync::SyncConfiguration;
pub use token::AccessToken;
pub use value::LogLevel;
pub(crate) use value::table;
pub use warm::WarmConfiguration;
pub use windows::{FAMILIES, Family, Windows};

/// Everything that can be set, with the defaults where nothing was.
#[derive(Clone, Debug, PartialEq)]
pub struct Configuration {
    /// The name of the deployment (`dev`, `production`); only told, never acted on.
    pub deployment: Option<String>,
    /// How much is logged; absent for the host's own default.
    pub log_level: Option<LogLevel>,
    /// Where entries are shared and kept; absent for the host's own default.
    pub store: Option<StoreChoice>,
    /// The DynamoDB table of the Lambda functions.
    pub table: Option<String>,
    /// Where `larder serve` listens.
    pub listen: SocketAddr,
    /// Whose access tokens it takes.
    pub auth: AuthConfiguration,
    /// The account of the AWS credentials; absent to ask STS.
    pub own_account: Option<AccountId>,
    /// The other accounts that can be asked, as the file has them.
    pub accounts: ConfiguredAccounts,
    /// The DynamoDB table that has more of them.
    pub accounts_table: Option<String>,
    /// How many regions of one question are asked side by side.
    pub region_concurrency: usize,
    /// How running minutes are worked out.
    pub runtime: RuntimeConfiguration,
    /// Where the history is, and how it is used.
    pub history: HistoryConfiguration,
    /// How often it is synced.
    pub sync: SyncConfiguration,
    /// Where people log in who open the page.
    pub page: PageConfiguration,
    /// What is kept warm, and how.
    pub warm: WarmConfiguration,
    /// The CloudWatch namespace of the functions' metrics; absent where none are to be written.
    pub metrics_namespace: Option<String>,
    /// How the cache behaves.
    pub cache: CacheConfiguration,
    /// How long answers are good for, by data type in the table's order, where something was set.
    pub windows: Vec<(&'static str, Windows)>,
}

/// How running minutes are worked out.
#[derive(Clone, Debug, PartialEq)]
pub struct RuntimeConfiguration {
    /// The tag of the servers whose running minutes are worked out; absent where nobody said.
    pub app_tag: Option<AppTag>,
    /// The DynamoDB table that has the servers.
    pub servers_table: Option<String>,
    /// The DynamoDB table of evidence, checkpoints and months.
    pub table: Option<String>,
    /// How many pages of events one lookup may have.
    pub most_pages: usize,
    /// How long a calculation may take where nothing else ends it.
    pub deadline: Duration,
    /// How old an answer may be that is read; of any age where nobody said.
    pub greatest_age: Option<Duration>,
}

/// How the cache behaves, whatever the data type.
#[derive(Clone, Debug, PartialEq)]
pub struct CacheConfiguration {
    /// The emergency switch: nothing is cached, everything goes to AWS.
    pub disabled: bool,
    /// Who shares one fetch of a key.
    pub fetch_once_per: FetchOncePer,
    /// The rest.
    pub settings: Settings,
}

/// Which store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreChoice {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A DynamoDB table.
    DynamoDb(String),
    /// This process's memory: gone when it ends.
    Memory,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            deployment: None,
            log_level: None,
            store: None,
            table: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            auth: AuthConfiguration::default(),
            own_account: None,
            accounts: ConfiguredAccounts::default(),
            accounts_table: None,
            region_concurrency: 5,
            runtime: RuntimeConfiguration {
                app_tag: None,
                servers_table: None,
                table: None,
                most_pages: LookupEvents::MOST_PAGES,
                deadline: Duration::from_secs(840),
                greatest_age: None,
            },
            history: HistoryConfiguration::default(),
            sync: SyncConfiguration::default(),
            page: PageConfiguration::default(),
            warm: WarmConfiguration::default(),
            metrics_namespace: None,
            cache: CacheConfiguration {
                disabled: false,
                fetch_once_per: FetchOncePer::Fleet,
                settings: Settings::default(),
            },
            windows: DATA_TYPES.iter().map(|data_type| (data_type.name, Windows::default())).collect(),
        }
    }
}

impl Configuration {
    /// The cache policy of a data type: its row's, with what was set.
    #[must_use]
    pub fn policy(&self, data_type: &DataType) -> Policy {
        let set = self.windows.iter().find(|(name, _)| *name == data_type.name).map(|(_, windows)| *windows);
        let ttl = set.unwrap_or_default().over(data_type.ttl);
        Policy {
            ttl: ttl.fresh,
            stale_while_revalidate: ttl.stale_while_revalidate,
            stale_if_error: ttl.stale_if_error,
            fetch_once_per: self.cache.fetch_once_per,
        }
    }
}

#[cfg(test)]
mod tests;
