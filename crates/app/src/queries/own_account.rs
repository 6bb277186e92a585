use larder_sources::AccountId;

use crate::problem::{Code, Problem};

/// The problem of a question about `account`. That nobody knows an account means another thing of the one that is
/// configured as the own one than of any other: the credentials are not of it.
pub(super) fn told_of(problem: Problem, account: &AccountId, configured: Option<&AccountId>) -> Problem {
    if problem.code() != Code::UnknownAccount {
        return problem;
    }
    if configured == Some(account) {
        let detail = format!(
            "The AWS credentials are not of {account}, which is configured as their account: use other credentials \
             (AWS_PROFILE), or correct account_id (LARDER_ACCOUNT_ID) or take it away."
        );
        return Problem::new(Code::UnknownAccount, detail).with("accountId", account.as_str());
    }
    problem.with("accountId", account.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_disagrees_with_the_credentials_is_told_as_that() {
        let [own, other] = ["111122223333", "444455556666"].map(|id| AccountId::parse(id).expect("12 digits"));
        let unknown = || Problem::new(Code::UnknownAccount, "Nobody registered it.");
        let told = told_of(unknown(), &own, Some(&own));
        assert!(told.detail().contains("LARDER_ACCOUNT_ID") && told.detail().contains("111122223333"), "{told:?}");
        for configured in [None, Some(&own)] {
            let told = told_of(unknown(), &other, configured);
            assert_eq!(
                (told.detail(), &told.document()["accountId"]),
                ("Nobody registered it.", &other.as_str().into())
            );
        }
        let denied = Problem::new(Code::AccessDenied, "No.");
        assert_eq!(told_of(denied.clone(), &own, Some(&own)), denied);
    }
}
