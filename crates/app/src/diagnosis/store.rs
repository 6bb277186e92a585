use larder_cache::store::StoreError;
use larder_cache::{Account, Key, Scope};

use super::{Finding, Severity};
use crate::App;
use crate::configuration::Configuration;

/// What nothing is kept under.
const CHECKED: &str = "store-check";
/// How the description of a store in DynamoDB begins.
const DYNAMODB: &str = "dynamodb";

/// Reads and writes the store as questions do, and tells what fails. Nothing stays behind.
pub async fn store_findings(app: &App, configuration: &Configuration) -> Vec<Finding> {
    let store = app.store();
    if configuration.cache.disabled {
        return vec![Finding::new(Severity::Note, format!("Nothing is kept: {}.", reason(store.reason.as_deref())))];
    }
    if store.reason.is_some() {
        let what = format!("{} can't be used: {}.", store.description, reason(store.reason.as_deref()));
        return vec![Finding::new(Severity::StoreFailed, what).advising(
            "Until then every question goes to AWS. --store, LARDER_STORE or store in larder.toml name another store.",
        )];
    }
    let scope = Scope { partition: "aws".to_owned(), region: None, account: Account::Global };
    let failed = match Key::new(CHECKED, scope) {
        Ok(key) => app.cache().check_store(&key).await,
        Err(error) => vec![StoreError::Failed(error.to_string().into())],
    };
    failed.iter().map(|error| finding(&store.description, error)).collect()
}

fn finding(store: &str, error: &StoreError) -> Finding {
    let what = format!("{store}: {}.", error.to_string().trim_end_matches('.'));
    let finding = Finding::new(Severity::StoreFailed, what);
    match error {
        StoreError::Timeout => finding.advising(
            "Look at the network, AWS_REGION and AWS_ENDPOINT_URL, and at cache.store_timeout_ms. Until then every \
             question goes to AWS.",
        ),
        StoreError::Throttled(_) => finding.advising("Give the table more capacity, or on-demand billing."),
        StoreError::Failed(_) | StoreError::Open | StoreError::Absent => finding.advising(advice(store)),
    }
}

/// What to do about a store that refuses, by what kind it is.
fn advice(store: &str) -> String {
    let look = match store.split_once(':') {
        Some((DYNAMODB, table)) => format!(
            "Look whether the table {table} is in this account and in the region of AWS_REGION, and permit what larder \
             iam-policy --table {table} prints."
        ),
        _ => "Look at the file, its folder, their permissions and the room on the disk.".to_owned(),
    };
    format!("{look} Until then every question goes to AWS.")
}

fn reason(reason: Option<&str>) -> &str {
    reason.unwrap_or("nobody said why").trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_fails_is_told_with_what_to_do() {
        let failed = || StoreError::Failed("GetItem on table cache: AccessDeniedException".into());
        let errors = [StoreError::Timeout, StoreError::Throttled("too much".into()), failed(), StoreError::Open];
        for error in errors {
            assert!(finding("dynamodb:cache", &error).advice.is_some(), "{error}");
        }
        let of = |store| finding(store, &failed()).advice.unwrap_or_default();
        assert!(of("dynamodb:cache").contains("larder iam-policy --table cache"), "{}", of("dynamodb:cache"));
        assert!(of("sqlite:/cache.sqlite").contains("the disk"), "{}", of("sqlite:/cache.sqlite"));
    }
}
