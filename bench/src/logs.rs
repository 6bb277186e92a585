//! Running minutes from exported logs.

mod files;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use larder_tests::{Program, project};
use serde_json::Value;

use crate::arguments::Effort;
use crate::contest::contest;
use crate::figure::Figure;
use crate::row::{Row, Target};
use crate::stopwatch::Stopwatch;

const SERVERS: usize = 10_000;
/// What a month of servers may take of memory.
const MOST_BYTES: f64 = 128.0 * 1024.0 * 1024.0;

/// One run of a program to its end.
struct Run {
    took: Duration,
    stdout: Vec<u8>,
    /// The most memory that was resident, in bytes, as often as was looked.
    resident: u64,
}

pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    files::write(folder.path(), effort.samples(SERVERS))?;
    let larder = Program::path("larder")?.display().to_string();
    let by_hand = project().join("bench/src/logs/by_hand.py").display().to_string();
    let path = folder.path().display().to_string();
    let ours = || run_to_end(&larder, &["runtime", "--json", "--from-logs", &path]);
    let theirs = || run_to_end("python3", &[&by_hand, &path]);

    let (mut resident, mut beside) = (0, 0);
    ensure!(minutes(&ours()?.stdout)? == minutes_by_hand(&theirs()?.stdout)?, "they give other minutes");
    let python = contest(
        effort,
        1,
        async || {
            let run = ours()?;
            resident = resident.max(run.resident);
            Ok(run.took)
        },
        async || {
            let run = theirs()?;
            beside = beside.max(run.resident);
            Ok(run.took)
        },
    );
    let python = python.await?;
    let gzip = contest(effort, 1, async || Ok(ours()?.took), async || unzip(folder.path())).await?;
    let small = Target { wanted: "< 128 MiB".to_owned(), met: (resident as f64) < MOST_BYTES };
    let [resident, beside] = [resident, beside].map(|bytes| Figure::Bytes(bytes as f64));
    Ok(vec![
        Row::of("time", python, "Python: json and datetime, by hand").at_most(0.2),
        Row::new("memory", resident, "the same", beside).reaching(small),
        Row::of("time beside unzipping", gzip, "gzip -d of the same files").at_most(2.0),
    ])
}

fn run_to_end(program: &str, args: &[&str]) -> anyhow::Result<Run> {
    let watch = Stopwatch::start();
    let mut command = Command::new(program);
    command.args(args).env_remove("LARDER_CONFIG").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().with_context(|| program.to_owned())?;
    let status = format!("/proc/{}/status", child.id());
    let mut stdout = child.stdout.take().context("its stdout is a pipe")?;
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut stdout, &mut bytes).map(|_| bytes)
    });
    let mut resident = 0;
    let ended = loop {
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        resident = resident.max(high_water(&status));
        std::thread::sleep(Duration::from_millis(2));
    };
    let took = watch.elapsed();
    ensure!(ended.success(), "{program} {args:?}: {ended}");
    let stdout = reader.join().map_err(|_| anyhow::anyhow!("its stdout could not be read"))??;
    Ok(Run { took, stdout, resident })
}

/// Zero once the process is gone.
fn high_water(status: &str) -> u64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    line.and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or_default() << 10
}

fn unzip(folder: &Path) -> anyhow::Result<Duration> {
    let mut command = Command::new("sh");
    command.args(["-c", "gzip -dc -- *.gz > /dev/null"]).current_dir(folder);
    let watch = Stopwatch::start();
    let status = command.status()?;
    ensure!(status.success(), "gzip: {status}");
    Ok(watch.elapsed())
}

/// By instance.
fn minutes(answer: &[u8]) -> anyhow::Result<BTreeMap<String, f64>> {
    let answer: Value = serde_json::from_slice(answer)?;
    let servers = answer["servers"].as_array().context("a list of servers")?.iter();
    let minutes = |server: &Value| Some((server["instanceId"].as_str()?.to_owned(), server["minutes"].as_f64()?));
    servers.map(|server| minutes(server).context("a server and its minutes")).collect()
}

fn minutes_by_hand(answer: &[u8]) -> anyhow::Result<BTreeMap<String, f64>> {
    Ok(serde_json::from_slice(answer)?)
}
