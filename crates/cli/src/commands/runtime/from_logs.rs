use anyhow::Context;
use larder_app::from_logs::{FromLogs, log_files, read_logs};
use larder_app::{Asked, read_described};
use serde_json::json;

use super::shown::{for_csv, for_people};
use crate::arguments::Runtime;
use crate::exit::{Exit, WrongUsage};
use crate::output::{complain, count, say, say_json};
use crate::progress::Progress;
use crate::session::Given;

/// Works out how long servers ran from log files that someone exported.
pub(super) async fn run(given: &Given, asked: Runtime) -> anyhow::Result<Exit> {
    if let (Some(since), Some(as_of)) = (asked.since, asked.as_of)
        && since >= as_of
    {
        return Err(WrongUsage(format!("--since {since} is not before --as-of {as_of}")).into());
    }
    let (json, csv) = (given.json, asked.csv);
    let of = Asked { since: asked.since, as_of: asked.as_of, month: asked.month };
    // Reading takes a thread for each core; the program still hears that it is to stop.
    let FromLogs { collected, broken } = tokio::task::spawn_blocking(move || from_logs(&asked)).await??;
    let answers = collected.answers(&of);
    if json {
        say_json(&json!({"servers": answers}))?;
    } else if csv {
        say(&for_csv(answers.iter().map(|answer| (answer, None)))?);
    } else if answers.is_empty() {
        complain("no server of these logs ran in that time");
    } else {
        say(&for_people(&answers));
    }
    for log in &broken {
        complain(&format!("skipped: {}: {}", log.path.display(), log.reason));
    }
    if !json && !csv {
        let events = count(usize::try_from(collected.events)?, "event");
        complain(&format!("{events}: {} of starts and ends, {} refused", collected.telling(), collected.refused()));
    }
    Ok(match (broken.is_empty(), answers.is_empty()) {
        (false, _) => Exit::Failed,
        (true, true) => Exit::Nothing,
        (true, false) => Exit::Done,
    })
}

fn from_logs(asked: &Runtime) -> anyhow::Result<FromLogs> {
    let described = asked.describe.as_ref().map(|file| {
        let json = std::fs::read(file).with_context(|| file.display().to_string())?;
        read_described(&json).with_context(|| format!("{} is not what describe-instances prints", file.display()))
    });
    let described = described.transpose()?.unwrap_or_default();
    let files = log_files(&asked.from_logs)?;
    if files.is_empty() {
        let paths: Vec<_> = asked.from_logs.iter().map(|path| path.display().to_string()).collect();
        anyhow::bail!("there is no log in {}: none ends in .json, .jsonl, .ndjson or .gz", paths.join(", "));
    }
    let bar = Progress::bytes("Reading logs", files.iter().map(|file| file.bytes).sum());
    let mut read = read_logs(&files, &|bytes| bar.advance(bytes));
    drop(bar);
    if let Some(time) = asked.as_of.or(read.collected.last()) {
        described.into_iter().for_each(|described| read.collected.add_described(time, described));
    } else if !described.is_empty() {
        let reason = "these logs have no event: --as-of tells when the servers of --describe were asked for";
        return Err(WrongUsage(reason.to_owned()).into());
    }
    Ok(read)
}
