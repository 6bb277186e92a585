use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;

const CONNECT: Duration = Duration::from_millis(500);
const ATTEMPT: Duration = Duration::from_secs(1);
const OPERATION: Duration = Duration::from_secs(2);
/// As many as fit: the pauses between them add up to 1.55 s at most, and to half of that on average. A call is refused
/// for load at once, so that without them a short burst would send every request past the cache.
const ATTEMPTS: u32 = 6;
/// The longest pause before the second attempt; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// A client whose calls are over soon, one way or the other.
pub(super) fn fail_fast(builder: Builder) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_PAUSE);
    Client::from_conf(builder.timeout_config(timeouts).retry_config(retries).build())
}
