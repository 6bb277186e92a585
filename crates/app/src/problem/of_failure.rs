use std::time::Duration;

use larder_cache::{Failure, UpstreamError};
use larder_sources::{DataType, FailureKind, FetchError};

use super::{Code, Problem};

/// When to come back after AWS or the store was overloaded.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// What a caller is told when `data_type` could not be answered.
#[must_use]
pub fn of_failure(failure: &Failure, data_type: &DataType) -> Problem {
    match failure {
        Failure::Upstream(error) => of_upstream_error(error),
        Failure::Deadline(limit) => {
            let (name, operations) = (data_type.name, data_type.iam_actions.join(", "));
            let detail = format!("{name} ({operations}) had no answer within {} ms.", limit.as_millis());
            Problem::new(Code::Deadline, detail).with("operations", data_type.iam_actions.to_vec())
        }
        Failure::NotCached => {
            let detail = format!("Nothing usable of {} is cached, and only-if-cached forbids a fetch.", data_type.name);
            Problem::new(Code::NotCached, detail)
        }
        Failure::Overloaded(running) => {
            let detail = format!("The store is out of reach, and {running} fetches are already running without it.");
            Problem::new(Code::Overloaded, detail).retry_after(RETRY_AFTER)
        }
    }
}

fn of_upstream_error(error: &UpstreamError) -> Problem {
    match error.source.downcast_ref::<FetchError>() {
        Some(error) => of_fetch_error(error),
        None => Problem::new(Code::UpstreamUnavailable, "AWS could not be asked, as the log explains."),
    }
}

/// What a caller is told when AWS gave no answer. The operation that failed is the member `operation`.
#[must_use]
pub fn of_fetch_error(error: &FetchError) -> Problem {
    let (operation, message) = (error.operation.as_str(), &error.message);
    let problem = match &error.kind {
        _ if error.is_unknown_account() => {
            let detail = format!("Account {message}; `larder accounts add` registers one.");
            return Problem::new(Code::UnknownAccount, detail);
        }
        FailureKind::AccessDenied => {
            let detail = format!("The AWS credentials of Larder do not permit {operation}: {message}");
            Problem::new(Code::AccessDenied, sentence(&detail)).with("action", operation)
        }
        FailureKind::Credentials => {
            let detail =
                format!("{operation} needs valid AWS credentials (is it time for `aws sso login`?): {message}");
            Problem::new(Code::AwsCredentials, sentence(&detail))
        }
        FailureKind::Throttled => Problem::new(Code::UpstreamThrottled, sentence(error)).retry_after(RETRY_AFTER),
        FailureKind::Timeout => Problem::new(Code::UpstreamTimeout, sentence(error)),
        FailureKind::Unavailable => Problem::new(Code::UpstreamUnavailable, sentence(error)),
        FailureKind::Rejected { code } => {
            Problem::new(Code::UpstreamRejected, sentence(error)).with("awsCode", code.as_str())
        }
        FailureKind::Malformed => Problem::new(Code::UpstreamMalformed, sentence(error)),
        FailureKind::EndlessPages => Problem::new(Code::UpstreamEndless, sentence(error)),
    };
    problem.with("operation", operation)
}

/// AWS ends some of its messages with a full stop.
fn sentence(text: &impl ToString) -> String {
    format!("{}.", text.to_string().trim_end_matches('.'))
}
