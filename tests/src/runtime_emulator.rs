//! aws-lambda-rie: Lambda's runtime API around a function's binary.

use std::path::{Path, PathBuf};
use std::process::Command;

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
    bootstrap: PathBuf,
    http: reqwest::Client,
    turn: Mutex<()>,
}

impl RuntimeEmulator {
    /// Starts the emulator, which starts the binary, with `env` and nothing of the test's own environment but `PATH`.
    ///
    /// # Errors
    /// If there is no such binary, or the emulator can't be started, with what it wrote.
    pub async fn start(bootstrap: &Path, env: &[(&str, &str)]) -> anyhow::Result<Self> {
        Self::start_under(&[], bootstrap, env).await
    }

    /// As [`RuntimeEmulator::start`], by way of another command that becomes the function: one that changes its
    /// surroundings. That command's path is absolute.
    ///
    /// # Errors
    /// As [`RuntimeEmulator::start`].
    pub async fn start_under(wrapper: &[&str], bootstrap: &Path, env: &[(&str, &str)]) -> anyhow::Result<Self> {
        anyhow::ensure!(bootstrap.is_file(), "there is no {}: run `make test`", bootstrap.display());
        let emulator = counterpart("lambda_rie").join("aws-lambda-rie");
        let command = |[port, runtime_api]: [u16; 2]| {
            let mut command = vec![
                emulator.display().to_string(),
                "--runtime-interface-emulator-address".to_owned(),
                format!("127.0.0.1:{port}"),
                "--runtime-api-address".to_owned(),
                format!("127.0.0.1:{runtime_api}"),
            ];
            command.extend(wrapper.iter().map(|&word| word.to_owned()));
            command.push(bootstrap.display().to_string());
            command
        };
        let server = Server::start(command, env, PATHS).await?;
        let http = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { server, bootstrap: bootstrap.to_owned(), http, turn: Mutex::new(()) })
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

    /// Sends a signal to the function, not to the emulator, by the name that `kill` knows it by. One that is killed is
    /// started again, as Lambda does, by the invocation after the one that it died over, or that found it dead.
    ///
    /// # Errors
    /// If it does not run: before the first invocation, or after its death.
    pub fn signal(&self, name: &str) -> anyhow::Result<()> {
        // The emulator has another child, which ends it with this process. The system cuts names off behind 15 bytes.
        let function = self.bootstrap.file_name().unwrap_or_default().to_string_lossy();
        let function: String = function.chars().take(15).collect();
        let emulator = self.server.child.id().to_string();
        let status = Command::new("pkill").args(["--signal", name, "-x", "-P", &emulator, &function]).status()?;
        anyhow::ensure!(status.success(), "no {function} of the emulator {emulator} gets the signal {name}: {status}");
        Ok(())
    }

    /// The lines that the emulator and the function have written so far.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        let output = self.server.child.output();
        [output.stdout, output.stderr].concat()
    }
}
