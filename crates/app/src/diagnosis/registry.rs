use larder_sources::{FetchError, InvalidAccount};

use super::{Finding, Severity};
use crate::Registrations;

/// What is wrong with the registry of accounts.
#[must_use]
pub fn registry_findings(registrations: &Registrations) -> Vec<Finding> {
    let unread = registrations.failures.iter().map(of_table);
    unread.chain(registrations.invalid.iter().map(of_item)).collect()
}

fn of_table(error: &FetchError) -> Finding {
    let said = error.to_string();
    let said = said.trim_end_matches('.');
    let what = format!("The accounts table can't be read, so its accounts were not asked: {said}.");
    let advice = "ACCOUNTS_TABLE_NAME must name a table in this account and region, and the identity needs dynamodb:Scan \
                  and dynamodb:GetItem on it.";
    Finding::new(Severity::of(error), what).advising(advice)
}

fn of_item(error: &InvalidAccount) -> Finding {
    let what =
        format!("The accounts table has an item that is no account, so that there is no list of accounts: {error}.");
    let advice = "Replace it with larder accounts add, or take it away with larder accounts remove.";
    Finding::new(Severity::AwsFailed, what).advising(advice)
}
