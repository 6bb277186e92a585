//! aws-lambda-rie: Lambda's runtime API around a function's binary.

use std::path::Path;

use anyhow::Context;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::counterparts::counterpart;
use crate::server::Server;

/// The runtime API has a port of its own. The emulator dies if that is taken, and may have answered at the first one by
/// then: so both have to answer before it counts as started.
const PATHS: [&str; 2] = ["/", "/2018-06-01/ping"];

/// A function under the runtime emulator; both are gone when this is dropped.
pub struct RuntimeEmulator {
    server: Server,
    http: reqwest::Client,
    turn: Mutex<()>,
}

impl RuntimeEmulator {
    /// Starts the emulator, which starts the binary, with `env` and nothing of the test's own environment but `PATH`.
    ///
    /// # Errors
    /// If there is no such binary, or the emulator can't be started, with what it wrote.
    pub async fn start(bootstrap: &Path, env: &[(&str, &str)]) -> anyhow::Result<Self> {
        anyhow::ensure!(bootstrap.is_file(), "there is no {}: run `make test`", bootstrap.display());
        let emulator = counterpart("lambda_rie").join("aws-lambda-rie");
        let command = |[port, runtime_api]: [u16; 2]| {
            vec![
                emulator.display().to_string(),
                "--runtime-interface-emulator-address".to_owned(),
                format!("127.0.0.1:{port}"),
                "--runtime-api-address".to_owned(),
                format!("127.0.0.1:{runtime_api}"),
                bootstrap.display().to_string(),
            ]
        };
        let server = Server::start(command, env, PATHS).await?;
        Ok(Self { server, http: reqwest::Client::builder().no_proxy().build()?, turn: Mutex::new(()) })
    }

    /// Invokes the function and gives its answer; a function's error is an answer too. Like a container, it takes one
    /// invocation at a time: others wait.
    ///
    /// # Errors
    /// If the emulator does not answer, or not with JSON.
    pub async fn invoke(&self, event: &Value) -> anyhow::Result<Value> {
        let _turn = self.turn.lock().await;
        let url = format!("{}/2015-03-31/functions/function/invocations", self.server.url);
        let answer = self.http.post(url).json(event).send().await?.text().await?;
        serde_json::from_str(&answer).with_context(|| format!("not JSON: {answer}\n{}", self.server.child.output()))
    }

    /// The lines that the emulator and the function have written so far.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        let output = self.server.child.output();
        [output.stdout, output.stderr].concat()
    }
}
