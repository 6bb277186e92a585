use larder_sources::{DynamoDbAccounts, FailureKind, FetchError, InvalidAccount};

use super::{Finding, Severity};
use crate::Registrations;
use crate::problem::Problem;

/// What is wrong with the registry of accounts.
#[must_use]
pub fn registry_findings(registrations: &Registrations) -> Vec<Finding> {
    let unread = registrations.table_failure.iter().map(table_finding);
    let unread = unread.chain(registrations.database_failure.iter().map(database_finding));
    unread.chain(registrations.invalid.iter().map(of_item)).collect()
}

/// That the accounts table can't be read.
#[must_use]
pub fn table_finding(error: &FetchError) -> Finding {
    let said = error.to_string();
    let said = said.trim_end_matches('.');
    let what = format!("The accounts table can't be read, so its accounts are missing: {said}.");
    Finding::new(Severity::of(error), what).advising(table_advice(error))
}

fn database_finding(problem: &Problem) -> Finding {
    let what = format!("The accounts that are registered in the history's database are missing: {}", problem.detail());
    Finding::new(Severity::AwsFailed, what).advising("Look at LARDER_DATABASE, and at the database itself.".to_owned())
}

/// What to do about an accounts table that refused.
#[must_use]
pub fn table_advice(error: &FetchError) -> String {
    match error.kind {
        FailureKind::Credentials => return "Log in: aws sso login, or aws configure.".to_owned(),
        FailureKind::Unavailable | FailureKind::Timeout => {
            return "Look at the network, a proxy, AWS_REGION and AWS_ENDPOINT_URL.".to_owned();
        }
        FailureKind::Throttled => return "Try again in a minute.".to_owned(),
        FailureKind::AccessDenied
        | FailureKind::Rejected { .. }
        | FailureKind::Malformed
        | FailureKind::EndlessPages => {}
    }
    let mut operations = DynamoDbAccounts::IAM_ACTIONS.to_vec();
    operations.extend([error.operation.as_str()].iter().filter(|it| !DynamoDbAccounts::IAM_ACTIONS.contains(it)));
    let operations = operations.join(" and ");
    format!(
        "ACCOUNTS_TABLE_NAME must name a table in this account and region, and the identity needs {operations} on it."
    )
}

fn of_item(error: &InvalidAccount) -> Finding {
    let what = format!(
        "The accounts registry has an entry that is no account, so that there is no list of accounts: {error}."
    );
    let advice = "Replace it with larder accounts add, or take it away with larder accounts remove.";
    Finding::new(Severity::AwsFailed, what).advising(advice)
}
