//! Starting a server on a free port, until it answers.

use anyhow::Context;

use crate::child::Child;
use crate::port::free_port;
use crate::wait::wait_until;

/// How many ports to try: somebody may take a free port before the server does.
const ATTEMPTS: usize = 3;

/// A server that answers HTTP on a loopback port.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts what `command` says for a port, and waits until it answers a GET of `path` with anything at all.
    pub(crate) async fn start(
        command: impl Fn(u16) -> anyhow::Result<Vec<String>>,
        env: &[(&str, &str)],
        path: &str,
    ) -> anyhow::Result<Self> {
        let mut result = Self::attempt(&command, env, path).await;
        for _ in 1..ATTEMPTS {
            if result.is_ok() {
                break;
            }
            result = Self::attempt(&command, env, path).await;
        }
        result
    }

    async fn attempt(
        command: &impl Fn(u16) -> anyhow::Result<Vec<String>>,
        env: &[(&str, &str)],
        path: &str,
    ) -> anyhow::Result<Self> {
        let port = free_port()?;
        let command = command(port)?;
        let mut child = Child::start(&command, env)?;
        let url = format!("http://127.0.0.1:{port}");
        let client = reqwest::Client::builder().no_proxy().build()?;
        let answers = wait_until("the server answers", async || {
            child.must_run()?;
            Ok(client.get(format!("{url}{path}")).send().await.ok())
        });
        answers.await.with_context(|| format!("starting {command:?}"))?;
        // The answer was another server's, if ours found its port taken.
        child.must_run().with_context(|| format!("starting {command:?}"))?;
        Ok(Self { child, url })
    }
}
