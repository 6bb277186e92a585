use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Fault, FaultKind, Lasts};

/// A fault as `/_standin/faults` reads and writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FaultDocument {
    operation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    kind: KindName,
    /// How slow `slow` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    milliseconds: Option<u64>,
    /// How many calls it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    calls: Option<u64>,
    /// How many seconds it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KindName {
    Throttled,
    AccessDenied,
    ExpiredToken,
    ServerError,
    Unavailable,
    Slow,
    Dropped,
    Truncated,
    Malformed,
    EmptyPages,
    RepeatingToken,
}

impl TryFrom<FaultDocument> for Fault {
    /// What is wrong, in words.
    type Error = &'static str;

    fn try_from(document: FaultDocument) -> Result<Self, Self::Error> {
        let kind = match (document.kind, document.milliseconds) {
            (KindName::Slow, Some(milliseconds)) => FaultKind::Slow(Duration::from_millis(milliseconds)),
            (KindName::Slow, None) => return Err("`slow` needs `milliseconds`"),
            (_, Some(_)) => return Err("only `slow` has `milliseconds`"),
            (KindName::Throttled, None) => FaultKind::Throttled,
            (KindName::AccessDenied, None) => FaultKind::AccessDenied,
            (KindName::ExpiredToken, None) => FaultKind::ExpiredToken,
            (KindName::ServerError, None) => FaultKind::ServerError,
            (KindName::Unavailable, None) => FaultKind::Unavailable,
            (KindName::Dropped, None) => FaultKind::Dropped,
            (KindName::Truncated, None) => FaultKind::Truncated,
            (KindName::Malformed, None) => FaultKind::Malformed,
            (KindName::EmptyPages, None) => FaultKind::EmptyPages,
            (KindName::RepeatingToken, None) => FaultKind::RepeatingToken,
        };
        let lasts = match (document.calls, document.seconds) {
            (None, None) => Lasts::UntilCleared,
            (Some(0), None) | (None, Some(0)) => return Err("a fault lasts at least one call or second"),
            (Some(calls), None) => Lasts::Calls(calls),
            (None, Some(seconds)) => Lasts::For(Duration::from_secs(seconds)),
            (Some(_), Some(_)) => return Err("a fault lasts for `calls` or for `seconds`"),
        };
        let FaultDocument { operation, account_id, region, .. } = document;
        Ok(Self { operation, account_id, region, kind, lasts })
    }
}

impl From<Fault> for FaultDocument {
    fn from(fault: Fault) -> Self {
        let (kind, milliseconds) = match fault.kind {
            FaultKind::Throttled => (KindName::Throttled, None),
            FaultKind::AccessDenied => (KindName::AccessDenied, None),
            FaultKind::ExpiredToken => (KindName::ExpiredToken, None),
            FaultKind::ServerError => (KindName::ServerError, None),
            FaultKind::Unavailable => (KindName::Unavailable, None),
            FaultKind::Slow(by) => (KindName::Slow, Some(u64::try_from(by.as_millis()).unwrap_or(u64::MAX))),
            FaultKind::Dropped => (KindName::Dropped, None),
            FaultKind::Truncated => (KindName::Truncated, None),
            FaultKind::Malformed => (KindName::Malformed, None),
            FaultKind::EmptyPages => (KindName::EmptyPages, None),
            FaultKind::RepeatingToken => (KindName::RepeatingToken, None),
        };
        let (calls, seconds) = match fault.lasts {
            Lasts::Calls(calls) => (Some(calls), None),
            Lasts::For(time) => (None, Some(time.as_secs())),
            Lasts::UntilCleared => (None, None),
        };
        let Fault { operation, account_id, region, .. } = fault;
        Self { operation, account_id, region, kind, milliseconds, calls, seconds }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_document_comes_back_as_it_was() {
        for kind in [
            "throttled",
            "access-denied",
            "expired-token",
            "server-error",
            "unavailable",
            "dropped",
            "truncated",
            "malformed",
            "empty-pages",
            "repeating-token",
        ] {
            check(&json!({ "operation": "*", "kind": kind }));
        }
        check(&json!({ "operation": "drs:*", "kind": "slow", "milliseconds": 250, "calls": 2 }));
        check(&json!({
            "operation": "*", "accountId": "111122223333", "region": "us-east-1", "kind": "dropped", "seconds": 9
        }));
    }

    fn check(document: &Value) {
        let read: FaultDocument = serde_json::from_value(document.clone()).expect("a fault");
        let fault = Fault::try_from(read).expect("a fault");
        assert_eq!(serde_json::to_value(FaultDocument::from(fault)).expect("JSON"), *document);
    }

    #[test]
    fn what_is_no_fault_is_refused() {
        for (rest, why) in [
            (json!({ "kind": "slow" }), "`slow` needs `milliseconds`"),
            (json!({ "kind": "dropped", "milliseconds": 5 }), "only `slow` has `milliseconds`"),
            (json!({ "kind": "dropped", "calls": 1, "seconds": 1 }), "a fault lasts for `calls` or for `seconds`"),
            (json!({ "kind": "dropped", "calls": 0 }), "a fault lasts at least one call or second"),
        ] {
            let mut document = rest.clone();
            document["operation"] = "*".into();
            let read: FaultDocument = serde_json::from_value(document).expect("its members are known");
            assert_eq!(Fault::try_from(read), Err(why));
        }
        for unknown in [json!({ "kind": "rain" }), json!({ "kind": "dropped", "call": 1 })] {
            let mut document = unknown.clone();
            document["operation"] = "*".into();
            assert!(serde_json::from_value::<FaultDocument>(document).is_err(), "{unknown}");
        }
    }
}
