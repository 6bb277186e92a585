#![doc = include_str!("../README.md")]

mod accounts_file;
mod arguments;
mod commands;
mod database;
mod default_store;
#[cfg(feature = "demo")]
mod demo;
mod exit;
mod finding;
mod output;
mod progress;
mod running_minutes;
mod server;
mod session;
mod stop;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let json = arguments.json;
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return exit::failed(&anyhow::Error::new(error), json),
    };
    let outcome = runtime.block_on(commands::run(arguments));
    // A look-up of a host name that hangs must not keep a program that is done.
    runtime.shutdown_background();
    match outcome.and_then(output::whole) {
        Ok(exit) => exit.into(),
        Err(error) => exit::failed(&error, json),
    }
}
