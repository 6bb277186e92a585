use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use larder_cache::{Directives, Key};
use larder_sources::{AccountId, AppTag, Region};

use super::StoreChoice;
use crate::inspection::key_of;
use crate::queries::asked_by;

/// What a value is, or a sentence that says what was given and what would be right.
pub(super) type Parsed<T> = Result<T, String>;

/// Longer windows are slips, and would overflow when added to a date.
const LONGEST_SECONDS: u64 = 366 * 24 * 3600;

/// More of anything is a slip, and a semaphore of the largest number there is panics.
const MOST: u16 = 10_000;

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    /// What failed.
    Error,
    /// And what was worked around.
    Warn,
    /// And what happened. The default of whatever goes on answering.
    #[default]
    Info,
    /// And how.
    Debug,
    /// And everything.
    Trace,
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        })
    }
}

pub(super) fn log_level(text: &str) -> Parsed<LogLevel> {
    let levels = [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace];
    let found = levels.into_iter().find(|level| text.eq_ignore_ascii_case(&level.to_string()));
    found.ok_or_else(|| format!("{text:?} is none of error, warn, info, debug, trace"))
}

pub(super) fn milliseconds(text: &str) -> Parsed<Duration> {
    let number = number::<u64>(text).filter(|number| *number <= LONGEST_SECONDS * 1000);
    number
        .map(Duration::from_millis)
        .ok_or_else(|| format!("{text:?} is not a whole number of milliseconds, e.g. 2000"))
}

pub(super) fn milliseconds_above_zero(text: &str) -> Parsed<Duration> {
    let duration = milliseconds(text)?;
    if duration.is_zero() { Err(format!("{text:?} must be above 0, e.g. 2000")) } else { Ok(duration) }
}

/// One operation that takes as long as a whole request would leave no time to go on without the store.
pub(super) fn store_timeout(text: &str) -> Parsed<Duration> {
    let deadline = Directives::default().deadline;
    let timeout = milliseconds_above_zero(text)?;
    if timeout < deadline {
        return Ok(timeout);
    }
    Err(format!("{text:?} must be below the {} milliseconds that a request may take, e.g. 3000", deadline.as_millis()))
}

pub(super) fn seconds(text: &str) -> Parsed<Duration> {
    let number = number::<u64>(text).filter(|number| *number <= LONGEST_SECONDS);
    number.map(Duration::from_secs).ok_or_else(|| format!("{text:?} is not a whole number of seconds, e.g. 300"))
}

/// So many seconds at least.
pub(super) fn seconds_from(least: u64, text: &str) -> Parsed<Duration> {
    let seconds = seconds(text)?;
    if seconds.as_secs() < least { Err(format!("{text:?} is less than {least} seconds")) } else { Ok(seconds) }
}

/// Bytes, or KiB, MiB, GiB with or without a space before them.
pub(super) fn bytes<T: TryFrom<u64>>(text: &str) -> Parsed<T> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30)];
    let unit = units.into_iter().find_map(|(unit, shift)| Some((text.strip_suffix(unit)?, shift)));
    let (digits, shift) = unit.unwrap_or((text, 0));
    let bytes = number::<u64>(digits.trim_end()).and_then(|count| count.checked_mul(1 << shift));
    let bytes = bytes.filter(|bytes| *bytes <= 1 << 40);
    bytes
        .and_then(|bytes| T::try_from(bytes).ok())
        .ok_or_else(|| format!("{text:?} is not a size of at most 1024 GiB, e.g. 67108864 or 64MiB"))
}

pub(super) fn switch(text: &str) -> Parsed<bool> {
    match text {
        "true" | "on" => Ok(true),
        "false" | "off" => Ok(false),
        _ => Err(format!("{text:?} is none of true, on, false, off")),
    }
}

pub(super) fn share(text: &str) -> Parsed<f64> {
    let share = number::<f64>(text).filter(|share| (0.0..=0.9).contains(share));
    share.ok_or_else(|| format!("{text:?} is not a number from 0 to 0.9, e.g. 0.1"))
}

pub(super) fn count<T: From<u16>>(text: &str) -> Parsed<T> {
    let count = number::<u16>(text).filter(|count| (1..=MOST).contains(count));
    count.map(T::from).ok_or_else(|| format!("{text:?} is not a whole number from 1 to {MOST}, e.g. 5"))
}

pub(super) fn name(text: &str) -> Parsed<String> {
    let valid = (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    valid.then(|| text.to_owned()).ok_or_else(|| format!("{text:?} is not a name of 1 to 64 of A-Z a-z 0-9 - _ ."))
}

/// A namespace by CloudWatch's rule; those of `AWS/` are AWS's own.
pub(super) fn namespace(text: &str) -> Parsed<String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./#: ".contains(&byte);
    let valid = (1..=255).contains(&text.len()) && text.bytes().all(allowed) && !text.trim().is_empty();
    let is_ours = !text.starts_with("AWS/") && !text.starts_with(':');
    let wrong =
        || format!("{text:?} is not a CloudWatch namespace (1 to 255 of A-Z a-z 0-9 - _ . / # : and space, not AWS/)");
    (valid && is_ours).then(|| text.to_owned()).ok_or_else(wrong)
}

/// A table's name by DynamoDB's rule, or its ARN.
pub(crate) fn table(text: &str) -> Parsed<String> {
    let wrong = || {
        format!(
            "{text:?} is not a DynamoDB table name (3 to 255 of A-Z a-z 0-9 - _ .) or table ARN \
             (arn:aws:dynamodb:us-east-1:111122223333:table/name)"
        )
    };
    (is_table_name(text) || is_table_arn(text)).then(|| text.to_owned()).ok_or_else(wrong)
}

fn is_table_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (3..=255).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_table_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let ["arn", partition, "dynamodb", region, account, resource] = parts[..] else { return false };
    Region::parse(region).is_some_and(|region| region.partition() == partition)
        && AccountId::parse(account).is_some()
        && resource.strip_prefix("table/").is_some_and(is_table_name)
}

pub(super) fn store(text: &str) -> Parsed<StoreChoice> {
    match text.split_once(':') {
        Some(("sqlite", path)) if !path.is_empty() => Ok(StoreChoice::Sqlite(PathBuf::from(path))),
        Some(("dynamodb", name)) => table(name).map(StoreChoice::DynamoDb),
        None if text == "memory" => Ok(StoreChoice::Memory),
        _ => Err(format!("{text:?} is none of sqlite:PATH, dynamodb:TABLE, memory")),
    }
}

pub(super) fn address(text: &str) -> Parsed<SocketAddr> {
    text.parse().map_err(|_| format!("{text:?} is not an IP address and port, e.g. 127.0.0.1:8080"))
}

pub(super) fn account(text: &str) -> Parsed<AccountId> {
    AccountId::parse(text).ok_or_else(|| format!("{text:?} is not an account of 12 digits"))
}

pub(super) fn app_tag(text: &str) -> Parsed<AppTag> {
    text.parse().map_err(|error| format!("{text:?} is no tag: {error}, e.g. App=larder"))
}

/// Keys that a question can be told from, each once, with commas between them; none at all, too.
pub(super) fn keys(text: &str) -> Parsed<Vec<Key>> {
    let mut keys = Vec::new();
    for text in text.split(',').map(str::trim).filter(|text| !text.is_empty()) {
        let wrong = || {
            format!(
                "{text:?} is not the key of an entry, such as ec2-subnets#us-east-1#111122223333, \
                 ec2-instance-types#us-east-1#global or ec2-regions#-#111122223333"
            )
        };
        let key = key_of(text).filter(|key| asked_by(key).is_some()).ok_or_else(wrong)?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(keys)
}

/// Rust's own parsing, without the sign that it would take.
fn number<T: FromStr>(text: &str) -> Option<T> {
    text.starts_with(|first: char| first.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
