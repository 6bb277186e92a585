use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context;
use larder_tests::{DEADLINE, Program};

use super::function::{BARE, lambda_environment};
use super::runtime_api::RuntimeApi;
use crate::stopwatch::Stopwatch;

/// A function that has just polled for the first time, and how long that took.
///
/// Started without the shell that others are started under, which would be in the time. It is killed when this is
/// dropped; if this process is killed first, it ends by itself, as its runtime API is gone.
pub(super) struct Started {
    child: Child,
    pub(super) api: RuntimeApi,
    pub(super) took: Duration,
}

impl Started {
    /// # Errors
    /// If it has not been built, or does not poll by [`DEADLINE`].
    pub(super) async fn new(name: &str, args: &[&str], env: &[(&str, &str)]) -> anyhow::Result<Self> {
        let (api, binary) = (RuntimeApi::start().await?, Program::path(name)?);
        let address = api.address();
        let mut command = Command::new(binary);
        command.args(args).env_clear().envs(lambda_environment(name, &address)).envs(env.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let watch = Stopwatch::start();
        let mut started = Self { child: command.spawn()?, api, took: Duration::ZERO };
        let polled = tokio::time::timeout(DEADLINE, started.api.first_poll()).await;
        started.took = polled.with_context(|| format!("{name} does not poll"))??.since(watch);
        Ok(started)
    }

    /// The bare function, which gives the answer in a file.
    pub(super) async fn bare(file: &str) -> anyhow::Result<Self> {
        Self::new(BARE, &[file], &[]).await
    }

    /// Its resident memory, in bytes, as Linux tells it.
    pub(super) fn resident(&self) -> anyhow::Result<u64> {
        let file = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(&file).with_context(|| file.clone())?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        Ok(line.with_context(|| format!("no VmRSS in {file}"))?.parse::<u64>()? << 10)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // It can only fail if the process is gone already.
        let _gone = self.child.kill().and_then(|()| self.child.wait());
    }
}
