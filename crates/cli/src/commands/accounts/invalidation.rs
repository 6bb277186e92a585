use larder_app::configuration::{Configuration, StoreChoice};
use larder_app::problem::Problem;
use larder_app::{AccountId, DRS_ACCOUNTS, InvalidationRequest, Principal, data_type_of_text};

use crate::session::open;

/// What became of what was kept before the registry changed.
pub(super) enum Invalidated {
    /// It is dead: what of it.
    Done(Vec<String>),
    /// Nothing is kept that outlives a process.
    NothingKept,
    /// It may still be answered, and why.
    Failed(String),
}

/// Invalidates the list of accounts, and what is kept of `account`, if one is given.
pub(super) async fn invalidate(configuration: &Configuration, account: Option<&AccountId>) -> Invalidated {
    if configuration.cache.disabled || configuration.store == Some(StoreChoice::Memory) {
        return Invalidated::NothingKept;
    }
    let app = open(configuration).await;
    if let Some(reason) = &app.store().reason {
        return Invalidated::Failed(format!("{}: {reason}", app.store().description));
    }
    match requests(account) {
        Ok(requests) => {
            let mut done = Vec::new();
            for (what, request) in requests {
                if let Err(problem) = app.invalidation().invalidate(&Principal::local(), &request).await {
                    return Invalidated::Failed(format!("{}: {}", app.store().description, problem.detail()));
                }
                done.push(what);
            }
            Invalidated::Done(done)
        }
        Err(problem) => Invalidated::Failed(problem.detail().to_owned()),
    }
}

fn requests(account: Option<&AccountId>) -> Result<Vec<(String, InvalidationRequest)>, Problem> {
    let list =
        InvalidationRequest { data_type: Some(data_type_of_text(DRS_ACCOUNTS)?), ..InvalidationRequest::default() };
    let mut requests = vec![(DRS_ACCOUNTS.to_owned(), list)];
    requests.extend(account.map(|account| {
        let request = InvalidationRequest { account: Some(account.clone()), ..InvalidationRequest::default() };
        (format!("everything of {account}"), request)
    }));
    Ok(requests)
}
