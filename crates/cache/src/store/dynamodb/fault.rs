use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

use super::DynamoDbStore;
use crate::store::StoreError;

/// What the service calls a refusal for load.
const THROTTLING: [&str; 5] = [
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "SlowDown",
];

impl DynamoDbStore {
    /// What the failure of an operation means to the cache. Names the operation and the table, and what to do where
    /// that is known.
    pub(super) fn fault<E>(&self, operation: &str, error: &SdkError<E>) -> StoreError
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        let timed_out = match error {
            SdkError::TimeoutError(_) => true,
            SdkError::DispatchFailure(failure) => failure.is_timeout(),
            _ => false,
        };
        if timed_out {
            return StoreError::Timeout;
        }
        let table = &self.table;
        let code = error.code().unwrap_or_default();
        if THROTTLING.contains(&code) {
            return StoreError::Throttled(format!("{operation} on table {table}: {code}").into());
        }
        let reason = error.message().map_or_else(|| DisplayErrorContext(error).to_string(), ToOwned::to_owned);
        let advice = match code {
            "ResourceNotFoundException" => " Deploy the table, or name the right one and its region.",
            "AccessDeniedException" => " Allow this operation on the table to the role that asks.",
            "UnrecognizedClientException" | "ExpiredTokenException" => " Renew the credentials.",
            _ => "",
        };
        StoreError::Failed(format!("{operation} on table {table}: {code} {reason}{advice}").into())
    }

    /// What is left unprocessed after every retry is for the caller to try later.
    pub(super) fn unprocessed(&self, operation: &str, left: usize) -> StoreError {
        let table = &self.table;
        StoreError::Throttled(format!("{operation} on table {table} left {left} items unprocessed").into())
    }
}
