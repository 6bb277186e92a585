//! What AWS's error codes mean, in one place.

use super::FailureKind;

/// What an error code and an HTTP status mean. A code that is listed decides; else the status does.
pub(super) fn kind_of(code: Option<&str>, status: u16) -> FailureKind {
    let listed = CODES.iter().find(|(_, codes)| code.is_some_and(|code| codes.contains(&code)));
    match (listed, status) {
        (Some((kind, _)), _) => kind.clone(),
        (None, 401 | 403) => FailureKind::AccessDenied,
        (None, 408) => FailureKind::Timeout,
        (None, 429) => FailureKind::Throttled,
        (None, 400..=499) => {
            FailureKind::Rejected { code: code.map_or_else(|| format!("Http{status}"), str::to_owned) }
        }
        (None, 500..) => FailureKind::Unavailable,
        (None, _) => FailureKind::Malformed,
    }
}

/// Whether the message that comes with a code quotes the request with its headers.
pub(super) fn repeats_the_request(code: &str) -> bool {
    SIGNATURE_CODES.contains(&code)
}

/// Whether AWS gives that code also to good credentials in a region where they are not valid.
pub(super) fn may_be_the_region(code: &str) -> bool {
    matches!(code, "AuthFailure" | "InvalidClientTokenId" | "UnrecognizedClientException")
}

const SIGNATURE_CODES: &[&str] =
    &["IncompleteSignature", "IncompleteSignatureException", "InvalidSignatureException", "SignatureDoesNotMatch"];

/// From "Common errors" of the services' API references, EC2's list of client errors and, for throttling, the list
/// that the SDK's own retries go by.
static CODES: &[(FailureKind, &[&str])] = &[
    (
        FailureKind::AccessDenied,
        &[
            "AccessDenied",
            "AccessDeniedException",
            "DependencyAccessDeniedException",
            "NotAuthorized",
            "OptInRequired",
            "UnauthorizedException",
            "UnauthorizedOperation",
        ],
    ),
    (FailureKind::Credentials, SIGNATURE_CODES),
    (
        FailureKind::Credentials,
        &[
            "AuthFailure",
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "RequestExpired",
            "TokenRefreshRequired",
            "UnrecognizedClientException",
        ],
    ),
    (
        FailureKind::Throttled,
        &[
            "BandwidthLimitExceeded",
            "EC2ThrottledException",
            "LimitExceededException",
            "PriorRequestNotComplete",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "SlowDown",
            "ThrottledException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
            "TransactionInProgressException",
        ],
    ),
    (FailureKind::Timeout, &["RequestTimeout", "RequestTimeoutException"]),
    (
        FailureKind::Unavailable,
        &[
            "InternalError",
            "InternalFailure",
            "InternalServerException",
            "ServiceException",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "Unavailable",
        ],
    ),
];
