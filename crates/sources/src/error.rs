use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

mod classes;

use classes::{Class, class_of};

/// Why AWS gave no answer.
///
/// In every variant `operation` is what was asked, as an IAM action (`ec2:DescribeSubnets`), and `message` is for
/// people: AWS's own words, or those of the SDK where AWS said nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields mean the same in every variant, as said above")]
pub enum FetchError {
    /// These credentials may not do this. Never to be papered over with an older answer.
    #[error("{operation}: access denied: {message}")]
    AccessDenied { operation: String, message: String },
    /// The credentials are missing, expired or wrong.
    #[error("{operation}: no valid credentials: {message}")]
    Credentials { operation: String, message: String },
    /// AWS asks us to slow down; the SDK's retries are used up.
    #[error("{operation}: throttled: {message}")]
    Throttled { operation: String, message: String },
    /// No answer in time.
    #[error("{operation}: timed out: {message}")]
    Timeout { operation: String, message: String },
    /// No connection, or a failure inside AWS (5xx).
    #[error("{operation}: unavailable: {message}")]
    Unavailable { operation: String, message: String },
    /// AWS refused the request for another reason; `code` is AWS's, or `Http404` where it gave none.
    #[error("{operation}: rejected: {code}: {message}")]
    Rejected { code: String, operation: String, message: String },
    /// An answer came that can't be understood, or not whole.
    #[error("{operation}: malformed answer: {message}")]
    Malformed { operation: String, message: String },
    /// A list whose pages don't end.
    #[error("{operation}: endless pages: {message}")]
    EndlessPages { operation: String, message: String },
}

impl FetchError {
    /// What the SDK's error means to a caller. The message is AWS's own; it holds no credentials.
    #[must_use]
    pub fn from_sdk<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let operation = operation.to_owned();
        let message = message_of(error);
        match error {
            _ if has_no_credentials(error) => Self::Credentials { operation, message },
            SdkError::TimeoutError(_) => Self::Timeout { operation, message },
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Self::Timeout { operation, message },
            SdkError::DispatchFailure(_) => Self::Unavailable { operation, message },
            SdkError::ConstructionFailure(_) => {
                Self::Rejected { code: "InvalidRequest".to_owned(), operation, message }
            }
            _ => Self::from_answer(operation, message, error.code(), status_of(error)),
        }
    }

    /// [`FetchError::Malformed`]: an answer with a part that lacks what it must have.
    #[must_use]
    pub fn without(operation: &'static str, what: &str) -> Self {
        Self::Malformed { operation: operation.to_owned(), message: format!("AWS's answer has a part without {what}") }
    }

    /// What was asked, as an IAM action.
    #[must_use]
    pub fn operation(&self) -> &str {
        match self {
            Self::AccessDenied { operation, .. }
            | Self::Credentials { operation, .. }
            | Self::Throttled { operation, .. }
            | Self::Timeout { operation, .. }
            | Self::Unavailable { operation, .. }
            | Self::Rejected { operation, .. }
            | Self::Malformed { operation, .. }
            | Self::EndlessPages { operation, .. } => operation,
        }
    }

    /// A stable name of the variant, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AccessDenied { .. } => "UPSTREAM_ACCESS_DENIED",
            Self::Credentials { .. } => "UPSTREAM_CREDENTIALS",
            Self::Throttled { .. } => "UPSTREAM_THROTTLED",
            Self::Timeout { .. } => "UPSTREAM_TIMEOUT",
            Self::Unavailable { .. } => "UPSTREAM_UNAVAILABLE",
            Self::Rejected { .. } => "UPSTREAM_REJECTED",
            Self::Malformed { .. } => "UPSTREAM_MALFORMED",
            Self::EndlessPages { .. } => "UPSTREAM_ENDLESS_PAGES",
        }
    }

    fn from_answer(operation: String, message: String, code: Option<&str>, status: u16) -> Self {
        match class_of(code, status) {
            Class::AccessDenied => Self::AccessDenied { operation, message },
            Class::Credentials => Self::Credentials { operation, message },
            Class::Throttled => Self::Throttled { operation, message },
            Class::Timeout => Self::Timeout { operation, message },
            Class::Unavailable => Self::Unavailable { operation, message },
            Class::Malformed => Self::Malformed { operation, message },
            Class::Rejected => {
                Self::Rejected { code: code.map_or_else(|| format!("Http{status}"), str::to_owned), operation, message }
            }
        }
    }
}

/// The longest message that is passed on, in characters.
const LONGEST_MESSAGE: usize = 1_000;
/// EC2 appends this and a page of base64, which only an administrator can decode.
const ENCODED_DETAILS: &str = "Encoded authorization failure message:";

fn message_of<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if error.code().is_some_and(classes::repeats_the_request) {
        // That message quotes the signed headers, and the session token is one of them.
        return "the signature is not the one that AWS calculates from this secret key".to_owned();
    }
    let message = error.message().map_or_else(|| chain(error), str::to_owned);
    let message = message.split(ENCODED_DETAILS).next().unwrap_or_default();
    message.trim().chars().take(LONGEST_MESSAGE).collect()
}

/// What an error and those that caused it say, each thing once.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut said: Vec<String> = Vec::new();
    for cause in causes(error) {
        let text = cause.to_string();
        if said.last() != Some(&text) {
            said.push(text);
        }
    }
    said.join(": ")
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> + 'a {
    std::iter::successors(Some(error), |cause: &&'a (dyn Error + 'static)| (*cause).source())
}

fn has_no_credentials<E>(error: &SdkError<E, HttpResponse>) -> bool
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let asked_nobody = matches!(error, SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_));
    asked_nobody
        && causes(error).any(|cause| {
            cause.is::<aws_credential_types::provider::error::CredentialsError>()
                || cause.is::<aws_credential_types::provider::error::TokenError>()
                // The SDK keeps the type of this one to itself: no credentials provider was configured at all.
                || cause.to_string().contains("there was no identity resolver")
        })
}

fn status_of<E>(error: &SdkError<E, HttpResponse>) -> u16 {
    error.raw_response().map_or(0, |response| response.status().as_u16())
}

#[cfg(test)]
mod tests;
