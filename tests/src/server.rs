//! Starting a server on free ports, until it answers.

use anyhow::Context;

use crate::child::Child;
use crate::port::free_ports;
use crate::wait::wait_until;

/// How often to try with other ports: somebody may take a free port before the server does.
const ATTEMPTS: usize = 3;

/// A server that answers HTTP on a loopback port.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts what `command` says for as many ports as there are `paths`, and waits until each port answers a GET of its
    /// path with anything at all. The URL is the first port's.
    pub(crate) async fn start<const N: usize>(
        command: impl Fn([u16; N]) -> Vec<String>,
        env: &[(&str, &str)],
        paths: [&str; N],
    ) -> anyhow::Result<Self> {
        let mut result = Self::attempt(&command, env, paths).await;
        for _ in 1..ATTEMPTS {
            if result.is_ok() {
                break;
            }
            result = Self::attempt(&command, env, paths).await;
        }
        result
    }

    async fn attempt<const N: usize>(
        command: &impl Fn([u16; N]) -> Vec<String>,
        env: &[(&str, &str)],
        paths: [&str; N],
    ) -> anyhow::Result<Self> {
        let ports = free_ports()?;
        let command = command(ports);
        let mut child = Child::start(&command, env)?;
        let urls = ports.map(|port| format!("http://127.0.0.1:{port}"));
        let client = reqwest::Client::builder().no_proxy().build()?;
        for (url, path) in urls.iter().zip(paths) {
            let answers = wait_until("the server answers", async || {
                child.must_run()?;
                Ok(client.get(format!("{url}{path}")).send().await.ok())
            });
            answers.await.with_context(|| format!("starting {command:?}"))?;
        }
        // The answer was another server's, if ours found its port taken.
        child.must_run().with_context(|| format!("starting {command:?}"))?;
        let url = urls.into_iter().next().context("a server has a port")?;
        Ok(Self { child, url })
    }
}
