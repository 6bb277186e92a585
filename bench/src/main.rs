#![doc = include_str!("../README.md")]

mod arguments;
mod measurements;

mod in_process;
mod lambda;
mod logs;
mod runtime;

mod herd;
mod history;
mod invalidation;
mod page;
mod replay;
mod units;

mod asker;
mod contest;
mod dynamodb;
mod sqlite;
mod stopwatch;
mod usual_design;

mod figure;
mod machine;
mod report;
mod row;

use anyhow::Context;
use clap::Parser;

use arguments::Arguments;
use machine::Machine;
use measurements::MEASUREMENTS;
use report::Report;

/// One thread: the floors and the cache run on the same core, and nothing measures how tasks move between cores.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let effort = arguments.effort();
    let mut report = Report::new(Machine::this_one(), effort);
    for measurement in MEASUREMENTS.iter().filter(|measurement| arguments.ask_for(measurement.name)) {
        report.announce(measurement.name)?;
        let rows = (measurement.run)(effort).await;
        report.add(measurement, rows.with_context(|| format!("measuring {:?}", measurement.name))?);
    }
    report.print()?;
    if arguments.is_whole() {
        report.write()?
    }
    Ok(())
}
