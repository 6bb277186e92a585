use bytes::Bytes;
use larder_sources::{Accounts, DataType, FailureKind, FetchError, Region, Scope};
use serde_json::Value;

use super::Severity;

/// What AWS said to one data type in one region.
#[derive(Clone, Debug)]
pub struct Answered {
    /// What was asked.
    pub data_type: &'static DataType,
    /// Where; nowhere for a data type that has no regions.
    pub region: Option<Region>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered.
    Allowed,
    /// It was answered that the account never set the service up in the region, which is no failure.
    NotInitialized,
    /// The region does not have the service, so it was not asked.
    NotOffered,
    /// The account may not use the region, so it was not asked.
    NotEnabled,
    /// It was not answered.
    Failed(FetchError),
}

impl Outcome {
    /// One or two words for people.
    #[must_use]
    pub fn in_words(&self) -> &'static str {
        match self {
            Self::Allowed => "ok",
            Self::NotInitialized => "not initialised",
            Self::NotOffered => "not offered",
            Self::NotEnabled => "not enabled",
            Self::Failed(error) => match error.kind {
                FailureKind::AccessDenied => "DENIED",
                FailureKind::Credentials => "NO LOGIN",
                FailureKind::Throttled => "THROTTLED",
                FailureKind::Timeout => "TIMED OUT",
                FailureKind::Unavailable => "UNREACHABLE",
                FailureKind::Rejected { .. } => "REFUSED",
                FailureKind::Malformed | FailureKind::EndlessPages => "MALFORMED",
            },
        }
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::Failed(error) => Severity::of(error),
            Self::Allowed | Self::NotInitialized | Self::NotOffered | Self::NotEnabled => Severity::Note,
        }
    }

    pub(super) fn of(answer: Result<Bytes, FetchError>) -> Self {
        match answer {
            Ok(answer) if is_not_initialized(&answer) => Self::NotInitialized,
            Ok(_) => Self::Allowed,
            Err(error) => Self::Failed(error),
        }
    }
}

/// Asks AWS, within the time that a request may take.
pub(super) async fn ask(accounts: &Accounts, data_type: &'static DataType, scope: &Scope) -> Result<Bytes, FetchError> {
    let deadline = larder_cache::Directives::default().deadline;
    tokio::time::timeout(deadline, accounts.fetch(data_type, scope)).await.unwrap_or_else(|_| {
        let operation = data_type.iam_actions.first().copied().unwrap_or(data_type.name);
        let message = format!("there was no answer within {} s", deadline.as_secs());
        Err(FetchError::new(FailureKind::Timeout, operation, message))
    })
}

fn is_not_initialized(answer: &[u8]) -> bool {
    let answer: Result<Value, _> = serde_json::from_slice(answer);
    answer.is_ok_and(|answer| answer["status"] == "NOT_INITIALIZED")
}
