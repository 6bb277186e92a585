use std::path::Path;

use larder_sources::{AccountEntry, ConfiguredAccounts, RegisteredAccount};
use serde::Deserialize;
use toml::Value;

use super::{ConfigurationError, Source};

/// The key of the accounts in the file: `[[accounts]]`.
pub(super) const KEY: &str = "accounts";

/// An account as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InFile {
    account_id: String,
    name: Option<String>,
    role_arn: Option<String>,
    external_id: Option<String>,
    #[serde(default)]
    regions: Vec<String>,
}

/// The accounts in the file, checked.
///
/// # Errors
/// A [`ConfigurationError`] that names the one that is wrong, by its place.
pub(super) fn read(path: &Path, value: Value) -> Result<ConfiguredAccounts, ConfigurationError> {
    let Value::Array(tables) = value else {
        return Err(wrong(path, KEY.to_owned(), &"must be tables, each under a line of its own: [[accounts]]"));
    };
    let accounts = (1..).zip(tables).map(|(nth, table)| account(path, &format!("{KEY}, number {nth}"), table));
    let accounts = accounts.collect::<Result<Vec<_>, _>>()?;
    ConfiguredAccounts::new(accounts).map_err(|error| wrong(path, KEY.to_owned(), &error))
}

fn account(path: &Path, key: &str, table: Value) -> Result<RegisteredAccount, ConfigurationError> {
    let InFile { account_id, name, role_arn, external_id, regions } =
        table.try_into().map_err(|error: toml::de::Error| wrong(path, key.to_owned(), &error.message()))?;
    let entry = AccountEntry { account_id, name, role_arn, external_id, regions };
    entry.try_into().map_err(|error: larder_sources::InvalidAccount| wrong(path, key.to_owned(), &error))
}

fn wrong(path: &Path, key: String, reason: &dyn std::fmt::Display) -> ConfigurationError {
    ConfigurationError::Value { source_of: Source::File(path.to_owned(), key), reason: reason.to_string() }
}
