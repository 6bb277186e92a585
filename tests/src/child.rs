//! A process that dies with its guard, or with the test process, however that ends.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::thread;

use anyhow::{Context, bail};
use tokio::sync::watch;

use crate::wait::{DEADLINE, wait_for, wait_until};

/// A running process. Dropping it kills the process and all that descend from it.
///
/// `lifeline.sh` keeps that promise even for a test process that is killed, and for a guard in a static, which is never
/// dropped: the kernel then closes the lifeline. Afterwards it removes the process's home.
pub(crate) struct Child {
    process: std::process::Child,
    lifeline: Option<ChildStdin>,
    output: watch::Receiver<Output>,
}

/// The lines that a process has written so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output {
    pub(crate) stdout: Vec<String>,
    pub(crate) stderr: Vec<String>,
}

impl Child {
    /// Starts the command under a lifeline, in an empty home of its own. Its environment has what `env` says, a `PATH`,
    /// and nothing else: no test reads the AWS settings of the person who runs it, and none leaves files about.
    pub(crate) fn start(command: &[String], env: &[(&str, &str)]) -> anyhow::Result<Self> {
        let home = tempfile::tempdir()?;
        let mut process = Command::new("sh")
            .args(["-c", include_str!("lifeline.sh"), "lifeline"])
            .arg(home.path())
            .args(command)
            .env_clear()
            .envs(["PATH", "TMPDIR", "RUST_BACKTRACE"].iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
            .env("HOME", home.path())
            .envs(env.iter().copied())
            .current_dir(home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {command:?}"))?;
        // From here on it is the lifeline's to remove.
        let _removed_later = home.keep();
        let (sender, output) = watch::channel(Output::default());
        if let Some(stdout) = process.stdout.take() {
            collect(stdout, sender.clone(), |output| &mut output.stdout);
        }
        if let Some(stderr) = process.stderr.take() {
            collect(stderr, sender, |output| &mut output.stderr);
        }
        Ok(Self { lifeline: process.stdin.take(), process, output })
    }

    /// The first line, of either stream, that contains the text; waits for it.
    pub(crate) async fn line(&self, text: &str) -> anyhow::Result<String> {
        let mut output = self.output.clone();
        let found =
            |output: &Output| output.stdout.iter().chain(&output.stderr).find(|line| line.contains(text)).cloned();
        let waited = tokio::time::timeout(DEADLINE, output.wait_for(|output| found(output).is_some())).await;
        let line = waited.ok().and_then(Result::ok).and_then(|output| found(&output));
        line.with_context(|| format!("no line contains {text:?}:\n{}", self.output()))
    }

    /// Waits until the process is gone.
    pub(crate) async fn exit(&mut self) -> anyhow::Result<ExitStatus> {
        wait_until("the process has ended", async || Ok(self.process.try_wait()?)).await
    }

    /// The same for one that may take longer than anything else.
    pub(crate) async fn exit_at_length(&mut self) -> anyhow::Result<ExitStatus> {
        wait_for(async || Ok(self.process.try_wait()?)).await
    }

    /// All that it wrote, once the process is gone and its streams have ended.
    pub(crate) async fn whole_output(&mut self) -> anyhow::Result<Output> {
        let mut output = self.output.clone();
        let ended = async { while output.changed().await.is_ok() {} };
        tokio::time::timeout(DEADLINE, ended).await.context("somebody still holds the output of an ended process")?;
        Ok(self.output())
    }

    /// Fails, with what it wrote, if the process is gone.
    pub(crate) fn must_run(&mut self) -> anyhow::Result<()> {
        if let Some(status) = self.process.try_wait()? {
            bail!("it ended with {status}:\n{}", self.output());
        }
        Ok(())
    }

    /// Sends a signal, by the name that `kill` knows it by.
    pub(crate) fn signal(&self, name: &str) -> anyhow::Result<()> {
        let pid = self.process.id().to_string();
        let status = Command::new("kill").args(["-s", name, &pid]).status()?;
        anyhow::ensure!(status.success(), "kill -s {name} {pid}: {status}");
        Ok(())
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn output(&self) -> Output {
        self.output.borrow().clone()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        // It can only fail if the process was waited for already, and then it is gone.
        let _gone = self.process.wait();
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.stdout.iter().chain(&self.stderr).try_for_each(|line| writeln!(f, "  | {line}"))
    }
}

/// Reads a stream to its end, beside the test, so that the process never waits for a reader.
fn collect(
    stream: impl Read + Send + 'static,
    sender: watch::Sender<Output>,
    lines_of: fn(&mut Output) -> &mut Vec<String>,
) {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(io::Result::ok) {
            sender.send_modify(|output| lines_of(output).push(String::from_utf8_lossy(&line).into_owned()));
        }
    });
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[tokio::test]
    async fn when_the_lifeline_closes_all_descendants_die() {
        let command = ["sh", "-c", "sleep 3600 & echo started $! $HOME; wait"].map(str::to_owned);
        let mut child = Child::start(&command, &[]).expect("it starts");
        let line = child.line("started").await.expect("it says so");
        let (grandchild, home) = line.trim_start_matches("started ").split_once(' ').expect("both are said");
        assert!(Path::new(home).is_dir(), "{home}");

        // What the kernel does when the test process is killed.
        drop(child.lifeline.take());
        let status = child.exit().await.expect("it ends");
        assert!(!status.success(), "{status}");
        let gone = async || {
            let state = Command::new("ps").args(["-o", "stat=", "-p", grandchild]).output()?.stdout;
            Ok((state.is_empty() || state.starts_with(b"Z")).then_some(()))
        };
        wait_until("the grandchild is gone", gone).await.expect("it goes");
        let removed = async || Ok((!Path::new(home).exists()).then_some(()));
        wait_until("the home is removed", removed).await.expect("it is removed");
    }

    #[tokio::test]
    async fn output_and_exit_are_told_apart() {
        let command = ["sh", "-c", "echo out; echo err >&2; exit 3"].map(str::to_owned);
        let mut child = Child::start(&command, &[]).expect("it starts");
        assert_eq!(child.exit().await.expect("it ends").code(), Some(3));
        let output = child.whole_output().await.expect("its streams end");
        assert_eq!((output.stdout, output.stderr), (vec!["out".to_owned()], vec!["err".to_owned()]));
        assert!(child.must_run().is_err(), "an ended process passes for a running one");
    }
}
