use larder_cache::UpstreamError;
use larder_sources::{FetchError, RoleArn};

use crate::Principal;

/// What stands where AWS's words would.
const SEE_THE_LOG: &str = "the log of Larder has AWS's words";
/// What is wrong with an unknown account, whichever it is.
const UNKNOWN: &str =
    "of the question is neither that of Larder's AWS credentials nor one with a role in the accounts registry";

/// A failure as that caller may read it. AWS's words name users, roles and accounts, so they are only for who may see
/// every account. The others are told the operation and what kind of failure it is, and of a role that can't be assumed
/// which it is, if they may see its account.
pub(super) fn by(principal: &Principal, error: &FetchError) -> FetchError {
    if principal.may_see_all() {
        return error.clone();
    }
    let role = role_of(&error.message).filter(|role| principal.may_see(role.account()));
    let message = match role {
        _ if error.is_unknown_account() => UNKNOWN.to_owned(),
        Some(role) => format!("role {role}: {SEE_THE_LOG}"),
        None => SEE_THE_LOG.to_owned(),
    };
    FetchError { message, ..error.clone() }
}

/// The same of a fetch that failed.
pub(super) fn upstream_by(principal: &Principal, error: UpstreamError) -> UpstreamError {
    match error.source.downcast_ref() {
        Some(source) => UpstreamError::new(error.class, by(principal, source)),
        None => error,
    }
}

/// The role that a failure to assume it names in front.
fn role_of(message: &str) -> Option<RoleArn> {
    let (role, _) = message.strip_prefix("role ")?.split_once(": ")?;
    RoleArn::parse(role)
}

#[cfg(test)]
mod tests {
    use larder_sources::FailureKind;
    use rstest::rstest;

    use super::*;

    const DENIED: &str = "role arn:aws:iam::444455556666:role/larder: User: arn:aws:iam::111122223333:user/larder is not \
                          authorized to perform: sts:AssumeRole";

    fn reader(groups: &str) -> Principal {
        let claims = [("token_use", "access"), ("scope", "larder/read"), ("cognito:groups", groups)];
        let claims = claims.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Principal::from_claims(&claims, &[]).expect("an access token")
    }

    #[rstest]
    #[case(
        "[acct-444455556666]",
        DENIED,
        "role arn:aws:iam::444455556666:role/larder: the log of Larder has AWS's words"
    )]
    #[case("[acct-111122223333]", DENIED, SEE_THE_LOG)]
    #[case("", DENIED, SEE_THE_LOG)]
    #[case("[acct-all]", DENIED, DENIED)]
    #[case("[acct-444455556666]", "role larder: no", SEE_THE_LOG)]
    #[case("[acct-444455556666]", "role arn:aws:iam::444455556666:role/larder", SEE_THE_LOG)]
    fn the_role_that_failed_is_named_to_who_may_see_its_account(
        #[case] groups: &str,
        #[case] message: &str,
        #[case] expected: &str,
    ) {
        let error = FetchError::new(FailureKind::AccessDenied, "sts:AssumeRole", message);
        let read = by(&reader(groups), &error);
        assert_eq!((&*read.message, read.kind, &*read.operation), (expected, error.kind, "sts:AssumeRole"));
    }
}
