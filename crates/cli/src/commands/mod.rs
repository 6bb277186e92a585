mod accounts;
mod cache_clear;
mod cache_inspect;
mod cache_status;
mod cache_warm;
mod completions;
mod doctor;
mod get;
mod iam_policy;
mod serve;
mod types;

use crate::arguments::{Arguments, Cache, Command};
use crate::exit::Exit;
use crate::session::Given;

/// Runs the command.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let given = Given { file: arguments.config, json: arguments.json };
    match arguments.command {
        Command::Serve(serve) => serve::run(&given, &serve).await,
        Command::Get(get) => get::run(&given, &get).await,
        Command::Types => types::run(&given),
        Command::IamPolicy(asked) => iam_policy::run(&asked),
        Command::Completions(completions) => Ok(completions::run(&completions)),
        Command::Cache(Cache::Status(status)) => cache_status::run(&given, &status).await,
        Command::Cache(Cache::Clear(clear)) => cache_clear::run(&given, &clear).await,
        Command::Cache(Cache::Inspect(inspect)) => cache_inspect::run(&given, &inspect).await,
        Command::Cache(Cache::Warm(warm)) => cache_warm::run(&given, &warm).await,
        Command::Accounts(accounts) => accounts::run(&given, &accounts).await,
        Command::Doctor(doctor) => doctor::run(&given, &doctor).await,
    }
}
