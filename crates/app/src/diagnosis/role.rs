use futures::{StreamExt, stream};
use larder_sources::{ASSUME_ROLE, AccountId, Accounts, Caller, FailureKind, FetchError, RegisteredAccount};

use super::{Finding, Severity};

/// Whether each account can be asked, so many side by side; in their order.
pub async fn check_roles(
    accounts: &Accounts,
    ids: impl IntoIterator<Item = &AccountId>,
    side_by_side: usize,
    on_done: &(dyn Fn() + Sync),
) -> Vec<Result<(), FetchError>> {
    let checks = ids.into_iter().map(|id| async move {
        let checked = accounts.check(id).await;
        on_done();
        checked
    });
    stream::iter(checks).buffered(side_by_side).collect().await
}

/// Why an account can't be asked, and what to do. `caller` is who Larder's own credentials are of.
#[must_use]
pub fn role_finding(account: &RegisteredAccount, caller: &Caller, error: &FetchError) -> Finding {
    let who = super::findings::named(account);
    let message = error.message.trim_end_matches('.');
    let finding = Finding::new(Severity::of(error), format!("{who} can't be asked: {}: {message}.", error.kind));
    let Some(role) = account.role_arn() else {
        let id = account.id();
        return finding.advising(format!(
            "It is not the account of Larder's own credentials, so it needs a role: larder accounts add {id} --role-arn \
             arn:aws:iam::{id}:role/larder-read --external-id ..."
        ));
    };
    match error.kind {
        FailureKind::AccessDenied if error.operation == ASSUME_ROLE => {
            let us = &caller.arn;
            let external_id = match account.external_id() {
                Some(_) => "for the external id that is registered here, letter by letter",
                None => "for no external id, since none is registered here (else add it with --external-id)",
            };
            finding.advising(format!(
                "AWS says this alike of a role that does not exist, of one that does not trust us, of a wrong external \
                 id, and of an identity that may not assume it. Make sure that {role} exists, that its trust policy \
                 names {us} and asks {external_id}, and that {us} is permitted {ASSUME_ROLE} on it."
            ))
        }
        FailureKind::Credentials => finding.advising("Log in again: aws sso login (with --profile, if you use one)."),
        FailureKind::Unavailable | FailureKind::Timeout => {
            finding.advising("STS can't be reached: look at the network, a proxy, AWS_REGION and AWS_ENDPOINT_URL.")
        }
        FailureKind::Throttled => finding.advising("Try again in a minute."),
        _ => finding,
    }
}
