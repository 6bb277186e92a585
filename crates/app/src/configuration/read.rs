use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::token::TOKEN_VARIABLE;
use super::{Configuration, ConfigurationError, Setting, Source, accounts, settings};
use crate::nearest::nearest;

/// The file in the current folder that is read where no other is named.
const DEFAULT_FILE: &str = "larder.toml";
/// Names another file.
pub(super) const FILE_VARIABLE: &str = "LARDER_CONFIG";
/// What a variable of ours begins with; one that no setting has is refused.
const PREFIX: &str = "LARDER_";
/// Read by the tests and the Makefile, not by the program.
const TEST_VARIABLES: &[&str] = &[
    "LARDER_REAL_DATA",
    "LARDER_COUNTERPARTS",
    "LARDER_SEED",
    "LARDER_SEEDS",
    "LARDER_STORM_SEED",
    "LARDER_UPDATE_README",
];

/// A value given as a flag of the program: the setting's key, the flag as it was typed, and the value.
#[derive(Clone, Debug)]
pub struct Flag {
    /// `store`.
    pub key: &'static str,
    /// `--store`.
    pub flag: &'static str,
    /// As it was typed.
    pub value: String,
}

/// Reads `larder.toml` (or `file`, or what `LARDER_CONFIG` names), then the process's environment, then the flags.
///
/// # Errors
/// A [`ConfigurationError`] that names the setting, its source and what would be right.
pub fn load(file: Option<PathBuf>, flags: &[Flag]) -> Result<Configuration, ConfigurationError> {
    let environment = variables();
    let (path, text) = read_file(file, &environment)?;
    merge((&path, &text), &environment, flags)
}

/// The process's environment. A variable that is no text is never one that we read.
pub(crate) fn variables() -> Vec<(String, String)> {
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect()
}

/// The file's path and text; none at all is no mistake where nobody named one.
pub(super) fn read_file(
    file: Option<PathBuf>,
    environment: &[(String, String)],
) -> Result<(PathBuf, String), ConfigurationError> {
    let (path, named) = place(file, environment);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok((path, text)),
        Err(error) if named == Named::Nowhere && error.kind() == std::io::ErrorKind::NotFound => {
            Ok((path, String::new()))
        }
        Err(error) if named == Named::ByVariable => Err(ConfigurationError::Value {
            source_of: Source::Environment(FILE_VARIABLE.to_owned()),
            reason: format!("{path:?} is not the path of a file that can be read: {error}"),
        }),
        Err(error) => Err(ConfigurationError::File { path, reason: error.to_string() }),
    }
}

/// Who named the file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    ByCaller,
    ByVariable,
    Nowhere,
}

/// Where the file is, whether or not it is there.
pub(super) fn place(file: Option<PathBuf>, environment: &[(String, String)]) -> (PathBuf, Named) {
    let variable = environment.iter().find(|(name, _)| name == FILE_VARIABLE).map(|(_, path)| PathBuf::from(path));
    match (file, variable) {
        (Some(path), _) => (path, Named::ByCaller),
        (None, Some(path)) => (path, Named::ByVariable),
        (None, None) => (PathBuf::from(DEFAULT_FILE), Named::Nowhere),
    }
}

/// The configuration that these three make; a later one wins, and every value of each must be right.
pub(super) fn merge(
    (path, text): (&Path, &str),
    environment: &[(String, String)],
    flags: &[Flag],
) -> Result<Configuration, ConfigurationError> {
    let settings = settings();
    let mut configuration = Configuration::default();
    let mut file: Table = text.parse().map_err(|error: toml::de::Error| ConfigurationError::File {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    if let Some(value) = file.remove(accounts::KEY) {
        configuration.accounts = accounts::read(path, value)?;
    }
    for (key, value) in values_of(file) {
        let source_of = Source::File(path.to_owned(), key.clone());
        let value = value.ok_or_else(|| ConfigurationError::Value {
            source_of: source_of.clone(),
            reason: "must be a text, a number or true or false".to_owned(),
        })?;
        let known = settings.iter().find(|setting| setting.key == key);
        let known = known.ok_or_else(|| unknown(&source_of, &key, settings.iter().map(|setting| &*setting.key)))?;
        apply(&mut configuration, known, source_of, &value)?;
    }
    for (variable, value) in environment {
        let source_of = Source::Environment(variable.clone());
        match settings.iter().find(|setting| setting.variable == *variable) {
            Some(known) => apply(&mut configuration, known, source_of, value)?,
            None if !variable.starts_with(PREFIX) || variable == FILE_VARIABLE => {}
            None if variable == TOKEN_VARIABLE => {}
            None if TEST_VARIABLES.contains(&variable.as_str()) => {}
            None => return Err(unknown(&source_of, variable, settings.iter().map(|setting| &*setting.variable))),
        }
    }
    for Flag { key, flag, value } in flags {
        let known = settings.iter().find(|setting| setting.key == *key);
        let known = known.ok_or_else(|| unknown(&Source::Flag(flag), key, []))?;
        apply(&mut configuration, known, Source::Flag(flag), value)?;
    }
    Ok(configuration)
}

fn apply(
    configuration: &mut Configuration,
    setting: &Setting,
    source_of: Source,
    value: &str,
) -> Result<(), ConfigurationError> {
    setting.apply(configuration, value).map_err(|reason| ConfigurationError::Value { source_of, reason })
}

/// Every value in the file by its key; `None` for one that no setting could have.
fn values_of(file: Table) -> Vec<(String, Option<String>)> {
    let mut values = Vec::new();
    for (name, value) in file {
        match value {
            Value::Table(table) => {
                values.extend(table.into_iter().map(|(key, value)| (format!("{name}.{key}"), text_of(value))));
            }
            value => values.push((name, text_of(value))),
        }
    }
    values
}

fn text_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(switch) => Some(switch.to_string()),
        Value::Array(_) | Value::Table(_) | Value::Datetime(_) => None,
    }
}

fn unknown<'a>(source_of: &Source, name: &str, known: impl IntoIterator<Item = &'a str>) -> ConfigurationError {
    ConfigurationError::Unknown { source_of: source_of.clone(), nearest: nearest(name, known).map(str::to_owned) }
}
