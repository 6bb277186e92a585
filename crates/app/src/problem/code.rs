/// The enum and the list of its values from one table, which no function could make.
macro_rules! codes {
    ($($(#[doc = $meaning:literal])+ $variant:ident($name:literal, $status:literal, $title:literal),)+) => {
        /// The stable codes of problems. Programs act on them; their titles and details are for people.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[doc = $meaning])+ $variant,)+
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            fn facts(self) -> Facts {
                match self {
                    $(Self::$variant => Facts {
                        name: $name,
                        status: $status,
                        title: $title,
                        meaning: concat!($($meaning),+),
                    },)+
                }
            }
        }
    };
}

struct Facts {
    name: &'static str,
    status: u16,
    title: &'static str,
    meaning: &'static str,
}

codes! {
    /// The data type has a region, and the request names none.
    MissingRegion("MISSING_REGION", 400, "The region is missing"),
    /// The region is not one of AWS's, or is younger than this version of Larder.
    UnknownRegion("UNKNOWN_REGION", 400, "The region is not known"),
    /// The account is not 12 ASCII digits.
    InvalidAccount("INVALID_ACCOUNT", 400, "The account is malformed"),
    /// The account is neither that of Larder's AWS credentials nor one with a role in the accounts registry.
    UnknownAccount("UNKNOWN_ACCOUNT", 404, "The account is not configured"),
    /// The data type is not in the table.
    UnknownDataType("UNKNOWN_DATA_TYPE", 400, "There is no such data type"),
    /// A query parameter that the route does not have, or one given more than once.
    UnknownParameter("UNKNOWN_PARAMETER", 400, "A query parameter is unknown or repeated"),
    /// The limit is not a whole number in its range, or the data type is no list.
    InvalidLimit("INVALID_LIMIT", 400, "The limit is invalid"),
    /// The cursor is not one that an answer gave.
    InvalidCursor("INVALID_CURSOR", 400, "The cursor is invalid"),
    /// The key is not the text of a cache key.
    InvalidKey("INVALID_KEY", 400, "The cache key is malformed"),
    /// The month is malformed, or has not begun.
    InvalidMonth("INVALID_MONTH", 400, "The month is invalid"),
    /// The days or months asked for are malformed, end before they begin, or are too many.
    InvalidPeriod("INVALID_PERIOD", 400, "The period is invalid"),
    /// A query parameter has a value that it can't have; the detail names those that it can.
    InvalidParameter("INVALID_PARAMETER", 400, "A query parameter has a value that it can't have"),
    /// The id is not one that an EC2 instance can have.
    InvalidInstanceId("INVALID_INSTANCE_ID", 400, "The id of the instance is malformed"),
    /// No instance of that id is in the accounts and regions that are configured and that the caller may see.
    UnknownServer("UNKNOWN_SERVER", 404, "There is no such server"),
    /// Nothing is kept of the month, and CloudTrail keeps its events no longer.
    RuntimeNotKnown("RUNTIME_NOT_KNOWN", 410, "The running minutes can't be known any more"),
    /// Running minutes are not set up where the request was sent to.
    RuntimeNotConfigured("RUNTIME_NOT_CONFIGURED", 404, "There are no running minutes here"),
    /// The running minutes are not worked out yet, and could not be at once; `progress` tells how far the events were read.
    RuntimeNotReady("RUNTIME_NOT_READY", 503, "The running minutes are not known yet"),
    /// No history is set up where the request was sent to.
    HistoryNotConfigured("HISTORY_NOT_CONFIGURED", 404, "There is no history here"),
    /// The history's database can't be reached, took too long or failed. What is cached is answered without it.
    HistoryUnavailable("HISTORY_UNAVAILABLE", 503, "The history is unavailable"),
    /// Nothing of several accounts, regions and kinds could be synced, for different reasons; `failedRegions` has them.
    NothingSynced("NOTHING_SYNCED", 502, "Nothing could be synced"),
    /// None of several accounts could be answered, for different reasons; `failedAccounts` has them.
    EveryAccountFailed("EVERY_ACCOUNT_FAILED", 502, "No account could be answered"),
    /// The body is absent, not JSON, no object, or has a field of the wrong type.
    InvalidBody("INVALID_BODY", 400, "The body is invalid"),
    /// The body has a field that the request does not have.
    UnknownField("UNKNOWN_FIELD", 400, "The body has an unknown field"),
    /// The header Content-Type says that the body is something else than JSON.
    UnsupportedMediaType("UNSUPPORTED_MEDIA_TYPE", 415, "The body is of another type"),
    /// The body is over 16 KiB.
    BodyTooLarge("BODY_TOO_LARGE", 413, "The body is too large"),
    /// The answer is larger than a Lambda function may give.
    ResultTooLarge("RESULT_TOO_LARGE", 413, "The answer is too large"),
    /// There is no such route.
    NotFound("NOT_FOUND", 404, "There is no such route"),
    /// The route does not take this method; the header Allow says which it takes.
    MethodNotAllowed("METHOD_NOT_ALLOWED", 405, "The route does not take this method"),
    /// The request carries no valid access token.
    Unauthenticated("UNAUTHENTICATED", 401, "Nobody is logged in"),
    /// The access token can't be verified: the keys of its issuer are out of reach, and none that is known is that of it.
    IssuerUnavailable("ISSUER_UNAVAILABLE", 503, "The token's issuer is unavailable"),
    /// The caller may not use this route.
    Forbidden("FORBIDDEN", 403, "This is not permitted"),
    /// The caller may not see this account.
    ForbiddenAccount("FORBIDDEN_ACCOUNT", 403, "This account is not permitted"),
    /// AWS denied Larder the call. The caller can't help it by logging in again; whoever runs Larder must add the action.
    AccessDenied("ACCESS_DENIED", 403, "AWS denied access"),
    /// Larder's own AWS credentials are missing or expired. No 401: a caller's token would not help.
    AwsCredentials("AWS_CREDENTIALS", 403, "Larder has no valid AWS credentials"),
    /// AWS throttled the call.
    UpstreamThrottled("UPSTREAM_THROTTLED", 503, "AWS throttled the call"),
    /// AWS failed or could not be reached.
    UpstreamUnavailable("UPSTREAM_UNAVAILABLE", 503, "AWS is unavailable"),
    /// AWS did not answer in time.
    UpstreamTimeout("UPSTREAM_TIMEOUT", 504, "AWS did not answer in time"),
    /// The route's deadline passed.
    Deadline("DEADLINE", 504, "There was no answer in time"),
    /// AWS refused the question.
    UpstreamRejected("UPSTREAM_REJECTED", 502, "AWS refused the question"),
    /// AWS's answer was cut off or malformed.
    UpstreamMalformed("UPSTREAM_MALFORMED", 503, "AWS's answer was malformed"),
    /// AWS's pages went on without end, or began anew.
    UpstreamEndless("UPSTREAM_ENDLESS", 502, "AWS's answer has no end"),
    /// None of several regions could be answered, for different reasons; `failedRegions` has them.
    EveryRegionFailed("EVERY_REGION_FAILED", 502, "No region could be answered"),
    /// The request was only-if-cached, and nothing usable is cached.
    NotCached("NOT_CACHED", 504, "Nothing usable is cached"),
    /// The store is out of reach, and as many fetches as are allowed without it are running.
    Overloaded("OVERLOADED", 503, "Too much is asked at once"),
    /// The store did not answer or acknowledge what only it can.
    StoreUnavailable("STORE_UNAVAILABLE", 503, "The store is unavailable"),
    /// A defect in Larder.
    Internal("INTERNAL", 500, "Something in Larder is broken"),
}

impl Code {
    /// The name in the document's `code`: `MISSING_REGION`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> u16 {
        self.facts().status
    }

    /// The document's title.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.facts().title
    }

    /// When it is given, in a sentence.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        self.facts().meaning.trim()
    }

    /// The document's `type`.
    #[must_use]
    pub fn uri(self) -> String {
        format!("urn:problem-type:larder:{}", self.name().to_lowercase().replace('_', "-"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_told_apart_and_documented() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        let titles: BTreeSet<_> = Code::ALL.iter().map(|code| code.title()).collect();
        assert_eq!((names.len(), titles.len()), (Code::ALL.len(), Code::ALL.len()));
        for code in Code::ALL {
            assert!((400..600).contains(&code.status()), "{code:?}");
            assert!(code.meaning().ends_with('.'), "{code:?}");
            assert!(code.name().bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'), "{code:?}");
        }
    }
}
