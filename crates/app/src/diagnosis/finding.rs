use larder_sources::{FailureKind, FetchError};
use serde::Serialize;

/// One thing that somebody should know, in words that tell what to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// How bad it is; the worst come first.
    pub severity: Severity,
    /// What is so.
    pub what: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// How bad a finding is, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// What is configured can't be so, and the others may only follow from that.
    Misconfigured,
    /// Denied, or no valid credentials: it stays so until somebody permits it.
    Denied,
    /// AWS failed, throttled or is out of reach.
    AwsFailed,
    /// Nothing can be kept.
    StoreFailed,
    /// No failure.
    Note,
}

impl Severity {
    /// How bad a failure of AWS is.
    pub(super) fn of(error: &FetchError) -> Self {
        match error.kind {
            FailureKind::AccessDenied | FailureKind::Credentials => Self::Denied,
            _ if error.is_unknown_account() => Self::Denied,
            FailureKind::Throttled
            | FailureKind::Timeout
            | FailureKind::Unavailable
            | FailureKind::Rejected { .. }
            | FailureKind::Malformed
            | FailureKind::EndlessPages => Self::AwsFailed,
        }
    }
}

impl Finding {
    pub(super) fn new(severity: Severity, what: impl Into<String>) -> Self {
        Self { severity, what: what.into(), advice: None }
    }

    pub(super) fn advising(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }
}
