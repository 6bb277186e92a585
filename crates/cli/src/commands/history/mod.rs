mod backup;
mod export;
mod prune;
mod query;
mod restore;
mod status;
mod verify;

use crate::arguments::History;
use crate::exit::Exit;
use crate::session::Given;

/// What is kept of inventory and costs.
pub(crate) async fn run(given: &Given, history: &History) -> anyhow::Result<Exit> {
    match history {
        History::Status(asked) => status::run(given, asked).await,
        History::Query(asked) => query::run(given, asked).await,
        History::Prune(asked) => prune::run(given, asked).await,
        History::Verify(asked) => verify::run(given, asked).await,
        History::Export(asked) => export::run(given, asked).await,
        History::Backup(asked) => backup::run(given, asked).await,
        History::Restore(asked) => restore::run(given, asked).await,
    }
}
