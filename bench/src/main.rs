#![doc = include_str!("../README.md")]

mod arguments;
mod in_process;
mod lambda;
mod measurements;

mod contest;
mod dynamodb;
mod sqlite;
mod stopwatch;

mod machine;
mod report;

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
    let mut report = Report::new(Machine::this_one());
    for measurement in MEASUREMENTS.iter().filter(|measurement| arguments.ask_for(measurement.name)) {
        report.announce(measurement.name)?;
        let result = (measurement.run)(arguments.effort()).await;
        report.add(measurement, &result.with_context(|| format!("measuring {:?}", measurement.name))?);
    }
    report.print(arguments.effort())?;
    if arguments.write { report.write(arguments.effort()) } else { Ok(()) }
}
