mod add;
mod changing;
mod check;
mod invalidation;
mod list;
mod remove;
mod report;

use crate::arguments::Accounts;
use crate::exit::Exit;
use crate::session::Given;

/// Sees to the accounts registry.
pub(crate) async fn run(given: &Given, accounts: &Accounts) -> anyhow::Result<Exit> {
    match accounts {
        Accounts::List(list) => list::run(given, list).await,
        Accounts::Add(add) => add::run(given, add).await,
        Accounts::Remove(remove) => remove::run(given, remove).await,
        Accounts::Check(check) => check::run(given, check).await,
    }
}
