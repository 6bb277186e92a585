use larder_history::What;
use larder_sources::{AccountId, Cost};

use super::SyncRequest;
use super::deadline::Deadline;
use super::marks::data_type_of;
use super::report::FailedTarget;
use super::targets::Untried;
use crate::problem::Problem;
use crate::{App, Principal};

/// What a sync is about, once what can't come to anything is left out: for that, nothing is invalidated, fetched or
/// recorded.
pub(super) struct Allowed {
    pub(super) accounts: Vec<AccountId>,
    pub(super) whats: Vec<What>,
    pub(super) refused: Vec<FailedTarget>,
}

/// Leaves out the accounts that are named and that nobody knows, and what costs money and could not be kept.
pub(super) async fn allowed(
    app: &App,
    principal: &Principal,
    request: &SyncRequest,
    accounts: Vec<AccountId>,
    deadline: &Deadline<'_>,
) -> Result<Allowed, Problem> {
    let mut refused = Vec::new();
    let mut refuse = |account: &AccountId, whats: &[What], problem: &Problem| {
        let untried =
            |what: &What| Untried { account: account.clone(), what: *what, region: None, problem: problem.clone() };
        refused.extend(whats.iter().map(untried).map(FailedTarget::from));
    };
    let mut known = Vec::with_capacity(accounts.len());
    for account in accounts {
        match check_known(app, principal, request, &account, deadline).await {
            Ok(()) => known.push(account),
            Err(problem) => refuse(&account, &request.whats, &problem),
        }
    }
    let (mut paid, mut whats) = (Vec::new(), Vec::new());
    for what in &request.whats {
        let costs = data_type_of(*what)?.cost;
        if costs == Cost::EachCall { &mut paid } else { &mut whats }.push(*what);
    }
    let unkept = if paid.is_empty() { None } else { app.check_history_writable().await.err() };
    match unkept {
        Some(problem) => known.iter().for_each(|account| refuse(account, &paid, &problem)),
        None => whats.clone_from(&request.whats),
    }
    Ok(Allowed { accounts: known, whats, refused })
}

/// Those that nobody named were listed as known.
async fn check_known(
    app: &App,
    principal: &Principal,
    request: &SyncRequest,
    account: &AccountId,
    deadline: &Deadline<'_>,
) -> Result<(), Problem> {
    if request.accounts.is_empty() {
        return Ok(());
    }
    app.queries().check_known(principal, account, deadline.left()).await
}
