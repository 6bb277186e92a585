mod accounts;
mod cache_clear;
mod cache_inspect;
mod cache_status;
mod cache_warm;
mod completions;
mod doctor;
mod get;
mod history;
mod iam_policy;
mod runtime;
mod serve;
mod sync;
mod types;

use anyhow::Context;

use crate::arguments::{Arguments, Cache, Command};
use crate::exit::Exit;
use crate::session::Given;
use crate::stop::stop_signal;

/// Runs the command; one that ends with its answer is dropped when the program is told to stop.
pub(crate) async fn run(Arguments { json, config, command }: Arguments) -> anyhow::Result<Exit> {
    let given = Given::new(config, json);
    if goes_on(&command) {
        return answer(&given, command).await;
    }
    let stop = stop_signal().context("the signals that stop the program can't be awaited")?;
    let stopped = tokio::select! {
        biased;
        stopped = stop => stopped,
        outcome = answer(&given, command) => return outcome,
    };
    given.give_back().await;
    Ok(stopped.into())
}

/// Whether it answers until it is told to stop, which is how it ends well.
fn goes_on(command: &Command) -> bool {
    match command {
        Command::Serve(_) => true,
        Command::Get(get) => get.watch.watch.is_some(),
        Command::Cache(Cache::Status(status)) => status.watch.watch.is_some(),
        Command::Runtime(runtime) => runtime.watch.watch.is_some(),
        Command::Types
        | Command::IamPolicy(_)
        | Command::Completions(_)
        | Command::Cache(_)
        | Command::Accounts(_)
        | Command::Sync(_)
        | Command::History(_)
        | Command::Doctor(_) => false,
    }
}

async fn answer(given: &Given, command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Serve(serve) => serve::run(given, &serve).await,
        Command::Get(get) => get::run(given, &get).await,
        Command::Types => types::run(given),
        Command::IamPolicy(asked) => iam_policy::run(&asked),
        Command::Completions(completions) => Ok(completions::run(&completions)),
        Command::Cache(Cache::Status(status)) => cache_status::run(given, &status).await,
        Command::Cache(Cache::Clear(clear)) => cache_clear::run(given, &clear).await,
        Command::Cache(Cache::Inspect(inspect)) => cache_inspect::run(given, &inspect).await,
        Command::Cache(Cache::Warm(warm)) => cache_warm::run(given, &warm).await,
        Command::Runtime(asked) => runtime::run(given, asked).await,
        Command::Sync(sync) => sync::run(given, &sync).await,
        Command::History(asked) => history::run(given, &asked).await,
        Command::Accounts(accounts) => accounts::run(given, &accounts).await,
        Command::Doctor(doctor) => doctor::run(given, &doctor).await,
    }
}
