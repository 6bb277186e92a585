use std::time::Duration;

use crate::calls::CalledOperation;
use crate::fleet::AccountId;
use crate::paging::Pages;

/// What goes wrong, with which calls, and until when.
///
/// ```
/// use larder_standin::{Fault, FaultKind};
///
/// let fault = Fault::on("ec2:DescribeSubnets", FaultKind::Throttled).in_region("eu-west-1").for_calls(2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// As an IAM action: `ec2:DescribeSubnets`; `ec2:*` is all of a service, and `*` everything.
    pub operation: String,
    /// Only calls of this account; of all where absent.
    pub account_id: Option<String>,
    /// Only calls that are signed for this region; for all where absent.
    pub region: Option<String>,
    /// What happens to the call.
    pub kind: FaultKind,
    /// When it is over.
    pub lasts: Lasts,
}

/// What happens to a call. Refusals are spelled as the called service spells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Refused: too many requests.
    Throttled,
    /// Refused: no policy allows the action, which the message names.
    AccessDenied,
    /// Refused: the credentials are of yesterday.
    ExpiredToken,
    /// Refused: the service's internal error, status 500.
    ServerError,
    /// Refused: the service is down, status 503.
    Unavailable,
    /// Answered well, but that much later.
    Slow(Duration),
    /// The connection is closed after half of the body.
    Dropped,
    /// Half of the body comes, and the answer says that it is all. XML is cut between two elements.
    Truncated,
    /// The answer is a web page, with status 200 and the service's content type.
    Malformed,
    /// A list's page is empty and says that there is more, under a new token. The list goes on once the fault is over;
    /// a fault that lasts is a list that never ends. What is no list is answered well.
    EmptyPages,
    /// A list's page says that there is more, under a token that asks for the same page again. What is no list is
    /// answered well.
    RepeatingToken,
}

impl FaultKind {
    /// What becomes of a list. No two requests have the same `number`.
    pub(crate) fn pages(self, number: u64) -> Pages {
        match self {
            // 0 is the nonce of tokens that lead on.
            Self::EmptyPages => Pages::Empty { nonce: number + 1 },
            Self::RepeatingToken => Pages::Repeating,
            _ => Pages::Whole,
        }
    }
}

/// When a fault is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasts {
    /// After that many calls that it has hit; each retry is one.
    Calls(u64),
    /// That long after it was put in place, by the stand-in's clock.
    For(Duration),
    /// With `Handle::clear_faults`.
    UntilCleared,
}

impl Fault {
    /// A fault with the calls of an operation by every account in every region, until it is cleared.
    #[must_use]
    pub fn on(operation: &str, kind: FaultKind) -> Self {
        Self { operation: operation.to_owned(), account_id: None, region: None, kind, lasts: Lasts::UntilCleared }
    }

    /// Only with calls of this account.
    #[must_use]
    pub fn of_account(self, account: &AccountId) -> Self {
        Self { account_id: Some(account.to_string()), ..self }
    }

    /// Only with calls that are signed for this region.
    #[must_use]
    pub fn in_region(self, region: &str) -> Self {
        Self { region: Some(region.to_owned()), ..self }
    }

    /// Only with the next `count` calls.
    #[must_use]
    pub fn for_calls(self, count: u64) -> Self {
        Self { lasts: Lasts::Calls(count), ..self }
    }

    /// Only for that long.
    #[must_use]
    pub fn for_time(self, time: Duration) -> Self {
        Self { lasts: Lasts::For(time), ..self }
    }

    /// Whether `action` (such as `ec2:DescribeSubnets`) is among the operations that it is about.
    pub(crate) fn is_about(&self, action: &str) -> bool {
        match self.operation.strip_suffix('*') {
            Some(service) => service.is_empty() || (service.ends_with(':') && action.starts_with(service)),
            None => self.operation == action,
        }
    }

    /// Whether it would happen to this call.
    pub(super) fn hits(&self, call: &CalledOperation) -> bool {
        self.is_about(&call.operation)
            && self.account_id.as_ref().is_none_or(|id| *id == call.account_id)
            && self.region.as_ref().is_none_or(|region| *region == call.region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_named_or_its_service_or_all() {
        for (operation, expected) in [
            ("ec2:DescribeSubnets", true),
            ("ec2:*", true),
            ("*", true),
            ("ec2:DescribeSubnet", false),
            ("ec2:Describe*", false),
            ("ec2", false),
            ("drs:*", false),
        ] {
            let fault = Fault::on(operation, FaultKind::Throttled);
            assert_eq!(fault.is_about("ec2:DescribeSubnets"), expected, "{operation}");
        }
    }
}
