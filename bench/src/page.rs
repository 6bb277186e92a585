//! The page in a browser.

use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use larder_tests::{Program, project};
use serde::Deserialize;

use crate::arguments::Effort;
use crate::contest::median;
use crate::figure::Figure;
use crate::row::{Row, Target};

const MOST_MILLISECONDS: f64 = 150.0;
const MOST_BYTES: f64 = 300_000.0;

/// What bench/page/first-load.mjs tells.
#[derive(Deserialize)]
struct Loads {
    /// Of each load, until all figures were shown.
    milliseconds: Vec<f64>,
    /// Of all that came over the wire, the most.
    bytes: f64,
    /// The same of a page that has nothing to show.
    bare: Bare,
}

#[derive(Deserialize)]
struct Bare {
    milliseconds: Vec<f64>,
    bytes: f64,
}

pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let server = Program::start("larder", &["serve", "--demo", "--listen", "127.0.0.1:0"], &[])?;
    let line = server.line("Larder listens on ").await?;
    let (_, url) = line.split_once("Larder listens on ").context("its address")?;
    let mut script = Command::new("node");
    script.arg(project().join("bench/page/first-load.mjs")).args([url.trim(), &effort.rounds.to_string()]);
    script.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = tokio::task::spawn_blocking(move || script.output()).await??;
    ensure!(output.status.success(), "first-load.mjs: {}", output.status);
    let loads: Loads = serde_json::from_slice(&output.stdout)?;

    let [shown, fetched] = [loads.milliseconds, loads.bare.milliseconds].map(|times| median(times.into_iter()));
    let quick = Target { wanted: format!("≤ {MOST_MILLISECONDS} ms"), met: shown <= MOST_MILLISECONDS };
    let small = Target { wanted: format!("≤ {} KB", MOST_BYTES / 1e3), met: loads.bytes <= MOST_BYTES };
    let [shown, fetched] = [shown, fetched].map(|milliseconds| Figure::Time(milliseconds * 1e6));
    let [whole, answers] = [loads.bytes, loads.bare.bytes].map(Figure::Bytes);
    let bare = "a page that fetches the same answers at once and shows none";
    Ok(vec![
        Row::new("until all figures are shown", shown, bare, fetched).reaching(quick),
        Row::new("over the wire", whole, bare, answers).reaching(small),
    ])
}
