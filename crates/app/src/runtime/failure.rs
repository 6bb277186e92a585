use std::fmt;

use larder_sources::{FailureKind, FetchError, InvalidAccount};

use super::TableError;
use crate::problem::{Code, of_fetch_error};

/// Why something could not be worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind of reason it is.
    pub code: Code,
    /// The reason, for people who may see every account.
    pub words: String,
}

impl Failure {
    /// A reason of that kind.
    #[must_use]
    pub fn new(code: Code, words: impl Into<String>) -> Self {
        Self { code, words: words.into() }
    }

    /// An event that can't be read.
    pub(super) fn unreadable_event(id: &str, error: &impl fmt::Display) -> Self {
        let message =
            format!("the event {id} can't be read, so that minutes are bounded by what it may have told: {error}");
        Self::from(&FetchError::new(FailureKind::Malformed, "cloudtrail:LookupEvents", message))
    }
}

impl From<&FetchError> for Failure {
    fn from(error: &FetchError) -> Self {
        Self::new(of_fetch_error(error).code(), error.to_string())
    }
}

impl From<&TableError> for Failure {
    fn from(error: &TableError) -> Self {
        Self::new(Code::StoreUnavailable, error.to_string())
    }
}

impl From<&InvalidAccount> for Failure {
    fn from(error: &InvalidAccount) -> Self {
        Self::new(Code::InvalidAccount, error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}
