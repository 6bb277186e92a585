use std::borrow::Cow;

use larder_cache::FetchOncePer;
use larder_sources::DATA_TYPES;

use super::value::{self, Parsed};
use super::{Configuration, FAMILIES, Family};

/// One thing that can be set: what it is called in each source, what it is for, and what a value does.
pub(crate) struct Setting {
    /// In `larder.toml`, with the table it stands in: `cache.memory_bytes`.
    pub(crate) key: Cow<'static, str>,
    /// In the environment.
    pub(crate) variable: Cow<'static, str>,
    /// For people, without a full stop.
    pub(crate) help: &'static str,
    /// For people.
    pub(crate) default: &'static str,
    pub(super) apply: Apply,
}

pub(super) enum Apply {
    Plain(fn(&mut Configuration, &str) -> Parsed<()>),
    Window(&'static Family, &'static str),
}

impl Setting {
    /// Puts a value in its place.
    pub(super) fn apply(&self, configuration: &mut Configuration, text: &str) -> Parsed<()> {
        match &self.apply {
            Apply::Plain(apply) => apply(configuration, text),
            Apply::Window(family, data_type) => {
                let duration = value::seconds(text)?;
                let windows = configuration.windows.iter_mut().find(|(name, _)| name == data_type);
                if let Some((_, windows)) = windows {
                    *(family.slot)(windows) = Some(duration);
                }
                Ok(())
            }
        }
    }
}

/// Every setting, in the order of the README.
pub(crate) fn settings() -> Vec<Setting> {
    let mut settings = plain_settings();
    for family in FAMILIES {
        settings.extend(DATA_TYPES.iter().map(|data_type| Setting {
            key: format!("{}.{}", family.table, data_type.name).into(),
            variable: format!("{}{}_S", family.variable, data_type.name.to_uppercase().replace('-', "_")).into(),
            help: family.help,
            default: family.default,
            apply: Apply::Window(family, data_type.name),
        }));
    }
    settings
}

fn plain(
    key: &'static str,
    variable: &'static str,
    default: &'static str,
    help: &'static str,
    apply: fn(&mut Configuration, &str) -> Parsed<()>,
) -> Setting {
    Setting { key: key.into(), variable: variable.into(), help, default, apply: Apply::Plain(apply) }
}

/// Puts a parsed value into a field of the configuration.
macro_rules! set {
    ($parse:path => $($field:ident).+) => {
        |configuration, text| {
            configuration.$($field).+ = $parse(text)?;
            Ok(())
        }
    };
    ($parse:path => Some($field:ident)) => {
        |configuration, text| {
            configuration.$field = Some($parse(text)?);
            Ok(())
        }
    };
}

#[rustfmt::skip]
fn plain_settings() -> Vec<Setting> {
    vec![
        plain("store", "LARDER_STORE", "`sqlite:` in the user's cache folder", "where entries are kept: `sqlite:PATH`, `dynamodb:TABLE` or `memory`", set!(value::store => Some(store))),
        plain("table", "CACHE_TABLE_NAME", "none", "the DynamoDB table of the Lambda functions, and the store where LARDER_STORE is not set", set!(value::table => Some(table))),
        plain("environment", "ENVIRONMENT", "none", "the name of the deployment, for the log", set!(value::name => Some(deployment))),
        plain("log_level", "LOG_LEVEL", "info", "error, warn, info, debug or trace", set!(value::log_level => log_level)),
        plain("listen", "LARDER_LISTEN", "127.0.0.1:8080", "where `larder serve` listens; port 0 takes a free one", set!(value::address => listen)),
        plain("account_id", "LARDER_ACCOUNT_ID", "asked of STS", "the account of the AWS credentials", set!(value::account => Some(own_account))),
        plain("cache.disabled", "LARDER_CACHE_DISABLED", "false", "the emergency switch: every question goes to AWS", set!(value::switch => cache.disabled)),
        plain("cache.coherence_window_ms", "LARDER_COHERENCE_WINDOW_MS", "2000", "how long a process may trust its last look at the epoch, in milliseconds; 0 is strict", set!(value::milliseconds => cache.settings.coherence_window)),
        plain("cache.memory_bytes", "LARDER_MEMORY_BYTES", "64MiB", "what the memory layer may hold, in bytes or as 64MiB", set!(value::bytes => cache.settings.memory_bytes)),
        plain("cache.largest_value_bytes", "LARDER_LARGEST_VALUE", "64MiB", "the largest answer that is kept, in bytes or as 64MiB", |configuration, text| {
            configuration.cache.settings.largest_value = usize::try_from(value::bytes(text)?).unwrap_or(usize::MAX);
            Ok(())
        }),
        plain("cache.ttl_jitter", "LARDER_TTL_JITTER", "0.1", "the largest share by which a TTL is shortened at random, 0 to 0.9", set!(value::share => cache.settings.ttl_jitter)),
        plain("cache.negative_ttl_ms", "LARDER_NEGATIVE_TTL_MS", "2000", "how long a failed fetch is remembered, in milliseconds; 0 is not at all", set!(value::milliseconds => cache.settings.negative_ttl)),
        plain("cache.lease", "LARDER_LEASE", "on", "whether a key is fetched once per fleet (`on`) or once per process (`off`)", |configuration, text| {
            configuration.cache.fetch_once_per = if value::switch(text)? { FetchOncePer::Fleet } else { FetchOncePer::Process };
            Ok(())
        }),
        plain("cache.store_timeout_ms", "LARDER_STORE_TIMEOUT_MS", "3000", "how long one store operation may take, in milliseconds", set!(value::milliseconds_above_zero => cache.settings.store_timeout)),
        plain("cache.breaker_failures", "LARDER_BREAKER_FAILURES", "5", "how many failures in a row make the store be left alone", set!(value::count => cache.settings.breaker.failures)),
        plain("cache.breaker_open_ms", "LARDER_BREAKER_OPEN_MS", "60000", "how long it is left alone, in milliseconds", set!(value::milliseconds_above_zero => cache.settings.breaker.open_for)),
        plain("cache.bypass_concurrency", "LARDER_BYPASS_CONCURRENCY", "16", "how many fetches may run at once while the store is out of reach", set!(value::count => cache.settings.bypass_concurrency)),
    ]
}
