use crate::problem::Code;

/// Whether AWS failed, or could not be reached in time: then what is kept of it is better than nothing, and says how old it
/// is.
///
/// What AWS refuses is no outage, as with a stale answer of the cache: who may not see something now is not shown what
/// they might have seen, and credentials that are expired are told as that.
pub(crate) fn is_outage(code: Code) -> bool {
    matches!(
        code,
        Code::UpstreamThrottled
            | Code::UpstreamUnavailable
            | Code::UpstreamTimeout
            | Code::UpstreamMalformed
            | Code::UpstreamEndless
            | Code::Deadline
            | Code::Overloaded
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_refuses_is_no_outage() {
        let outages = Code::ALL.iter().filter(|code| is_outage(**code));
        assert!(outages.clone().all(|code| code.status() >= 500), "a refusal is the caller's or the owner's matter");
        for refusal in [Code::AccessDenied, Code::AwsCredentials, Code::UpstreamRejected, Code::NotCached] {
            assert!(outages.clone().all(|code| *code != refusal), "{refusal:?}");
        }
        assert_eq!(outages.count(), 7);
    }
}
