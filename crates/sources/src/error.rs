use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

mod codes;
mod failure_kind;

pub use failure_kind::FailureKind;

/// Why AWS gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: {kind}: {message}")]
pub struct FetchError {
    /// What callers act on.
    pub kind: FailureKind,
    /// What was asked, as an IAM action: `ec2:DescribeSubnets`.
    pub operation: String,
    /// For people: AWS's own words, or those of the SDK where AWS said nothing. It holds no credentials.
    pub message: String,
}

impl FetchError {
    /// A failure of `operation`, which is an IAM action.
    #[must_use]
    pub fn new(kind: FailureKind, operation: &str, message: impl Into<String>) -> Self {
        Self { kind, operation: operation.to_owned(), message: message.into() }
    }

    /// What the SDK's error means to a caller. A request that was not made because a role could not be assumed is a
    /// failure of that.
    #[must_use]
    pub fn from_sdk<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        if let Some(first) = causes(error).find_map(|cause| cause.downcast_ref::<Self>()) {
            return first.clone();
        }
        let kind = match error {
            _ if has_no_credentials(error) => FailureKind::Credentials,
            SdkError::TimeoutError(_) => FailureKind::Timeout,
            SdkError::DispatchFailure(failure) if failure.is_timeout() => FailureKind::Timeout,
            SdkError::DispatchFailure(_) => FailureKind::Unavailable,
            SdkError::ConstructionFailure(_) => FailureKind::Rejected { code: "InvalidRequest".to_owned() },
            _ => codes::kind_of(error.code(), status_of(error)),
        };
        Self::new(kind, operation, message_of(error))
    }

    /// [`FailureKind::Malformed`]: an answer with a part that lacks what it must have.
    #[must_use]
    pub fn without(operation: &'static str, what: &str) -> Self {
        Self::new(FailureKind::Malformed, operation, format!("AWS's answer has a part without {what}"))
    }

    /// There are no credentials for `operation`.
    pub(crate) fn without_credentials(operation: &'static str, error: &CredentialsError) -> Self {
        Self::new(FailureKind::Credentials, operation, chain(error))
    }

    /// An account that nobody can be asked about: `message` says why.
    pub(crate) fn unknown_account(operation: &'static str, message: String) -> Self {
        Self::new(FailureKind::Rejected { code: UNKNOWN_ACCOUNT.to_owned() }, operation, message)
    }

    /// Whether the account is neither the own one nor has a role in the registry. AWS was not asked.
    #[must_use]
    pub fn is_unknown_account(&self) -> bool {
        self.is_rejected_with(UNKNOWN_ACCOUNT)
    }

    /// Whether AWS refused the request with exactly that code, which is none of those that have a kind of their own.
    pub(crate) fn is_rejected_with(&self, aws_code: &str) -> bool {
        matches!(&self.kind, FailureKind::Rejected { code } if code == aws_code)
    }
}

/// The code of [`FailureKind::Rejected`] where an account is neither the own one nor has a role in the registry.
const UNKNOWN_ACCOUNT: &str = "UnknownAccount";

/// The longest message that is passed on, in characters.
const LONGEST_MESSAGE: usize = 1_000;
/// EC2 appends this and a page of base64, which only an administrator can decode.
const ENCODED_DETAILS: &str = "Encoded authorization failure message:";
/// What else the codes may mean that speak of credentials alone.
const OR_THE_REGION: &str = "or, if these credentials are good in other regions, this region is not enabled for the account \
                             (aws account enable-region), or is in another partition";

fn message_of<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if error.code().is_some_and(codes::repeats_the_request) {
        // That message quotes the signed headers, and the session token is one of them.
        return "the signature is not the one that AWS calculates from this secret key".to_owned();
    }
    let message = error.message().map_or_else(|| chain(error), str::to_owned);
    let message = message.split(ENCODED_DETAILS).next().unwrap_or_default();
    let message: String = message.trim().chars().take(LONGEST_MESSAGE).collect();
    if error.code().is_some_and(codes::may_be_the_region) {
        return format!("{}; {OR_THE_REGION}", message.trim_end_matches('.'));
    }
    message
}

/// How the SDK introduces what one of our checks of an answer says, which is for nobody else.
const INTRODUCTION: &str = "interceptor encountered an error";

/// What an error and those that caused it say, each thing once. What only introduces the next is left out.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut said: Vec<String> = Vec::new();
    for cause in causes(error) {
        let text = cause.to_string();
        if said.last() != Some(&text) && !text.ends_with(INTRODUCTION) {
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
            cause.is::<CredentialsError>()
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
