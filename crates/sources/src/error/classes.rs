//! What AWS's error codes mean, in one place.

/// What an answer of AWS that is no success means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    AccessDenied,
    Credentials,
    Throttled,
    Timeout,
    Unavailable,
    Rejected,
    Malformed,
}

/// The class of an error code and an HTTP status. A code that is listed decides; else the status does.
pub(super) fn class_of(code: Option<&str>, status: u16) -> Class {
    let code = code.unwrap_or_default();
    let listed = CODES.iter().find(|(_, codes)| codes.contains(&code));
    match (listed, status) {
        (Some((class, _)), _) => *class,
        (None, 401 | 403) => Class::AccessDenied,
        (None, 408) => Class::Timeout,
        (None, 429) => Class::Throttled,
        (None, 400..=499) => Class::Rejected,
        (None, 500..) => Class::Unavailable,
        (None, _) => Class::Malformed,
    }
}

/// Whether the message that comes with a code quotes the request with its headers.
pub(super) fn repeats_the_request(code: &str) -> bool {
    SIGNATURE_CODES.contains(&code)
}

const SIGNATURE_CODES: &[&str] =
    &["IncompleteSignature", "IncompleteSignatureException", "InvalidSignatureException", "SignatureDoesNotMatch"];

/// From "Common errors" of the services' API references, EC2's list of client errors and, for throttling, the list
/// that the SDK's own retries go by.
const CODES: &[(Class, &[&str])] = &[
    (
        Class::AccessDenied,
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
    (Class::Credentials, SIGNATURE_CODES),
    (
        Class::Credentials,
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
        Class::Throttled,
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
    (Class::Timeout, &["RequestTimeout", "RequestTimeoutException"]),
    (
        Class::Unavailable,
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
