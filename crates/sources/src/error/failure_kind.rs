use std::fmt;

/// What kind of failure it is: what callers act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailureKind {
    /// These credentials may not do this. Never to be papered over with an older answer.
    AccessDenied,
    /// The credentials are missing, expired or wrong, or not valid in that region.
    Credentials,
    /// AWS asks us to slow down; the SDK's retries are used up.
    Throttled,
    /// No answer in time.
    Timeout,
    /// No connection, or a failure inside AWS (5xx).
    Unavailable,
    /// AWS refused the request for another reason.
    Rejected {
        /// AWS's error code, or `Http404` where it gave none.
        code: String,
    },
    /// An answer came that can't be understood, or not whole.
    Malformed,
    /// A list whose pages don't end.
    EndlessPages,
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessDenied => "access denied",
            Self::Credentials => "no valid credentials",
            Self::Throttled => "throttled",
            Self::Timeout => "timed out",
            Self::Unavailable => "unavailable",
            Self::Rejected { code } => return write!(f, "rejected: {code}"),
            Self::Malformed => "malformed answer",
            Self::EndlessPages => "endless pages",
        })
    }
}
