use larder_cache::store::StoreError;
use larder_cache::{Account, Key, Scope};

use super::{Finding, Severity};
use crate::App;
use crate::configuration::Configuration;

/// What nothing is kept under.
const CHECKED: &str = "store-check";

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
        StoreError::Failed(_) | StoreError::Open | StoreError::Absent => finding,
    }
}

fn reason(reason: Option<&str>) -> &str {
    reason.unwrap_or("nobody said why").trim_end_matches('.')
}
