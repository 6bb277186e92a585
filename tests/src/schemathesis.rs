//! schemathesis: what an OpenAPI document allows and what it forbids, sent to the server that the document is about.

use anyhow::Context;
use serde_json::Value;

use crate::child::Child;
use crate::counterparts::counterpart;
use crate::project;

/// Runs, once the modules beside it have been found.
const MAIN: &str = "from schemathesis.cli import schemathesis; schemathesis()";

/// Whether requests keep to the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requests {
    /// They do.
    Allowed,
    /// Each breaks it, as far as schemathesis can tell: where a header or a text may be anything, it fails to.
    Forbidden,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Schemathesis {
    /// Whether every check of every answer passed.
    pub passed: bool,
    /// What it reports to people.
    pub report: String,
    /// Every request: method and URL, and the status of its answer.
    pub exchanged: Vec<(String, u16)>,
}

impl Schemathesis {
    /// Sends requests to the server that serves the document, the same ones as long as that stays the same, and checks
    /// the answers against it.
    ///
    /// # Errors
    /// If it can't be started, or reports nothing. Each request has its own time, and there are many.
    pub async fn run(document_url: &str, requests: Requests) -> anyhow::Result<Self> {
        let modules = counterpart("schemathesis").display().to_string();
        let settings = project().join("tests/counterparts/schemathesis.toml").display().to_string();
        let folder = tempfile::tempdir()?;
        let exchanged = folder.path().join("exchanged.har");
        let mode = match requests {
            Requests::Allowed => "positive",
            Requests::Forbidden => "negative",
        };
        let path = exchanged.display().to_string();
        let command = ["python3", "-c", MAIN, "--no-color", "--config-file", &settings, "run", document_url];
        let flags = ["--mode", mode, "--report", "har", "--report-har-path", &path];
        let command: Vec<_> = command.iter().chain(&flags).map(|&word| word.to_owned()).collect();
        let mut child = Child::start(&command, &[("PYTHONPATH", &modules)])?;
        let passed = child.exit_at_length().await?.success();
        let report = child.whole_output().await?.to_string();
        let exchanged = std::fs::read_to_string(&exchanged).with_context(|| report.clone())?;
        Ok(Self { passed, exchanged: read(&serde_json::from_str(&exchanged)?)?, report })
    }
}

/// The exchanges in an HTTP archive.
fn read(archive: &Value) -> anyhow::Result<Vec<(String, u16)>> {
    let entries = archive["log"]["entries"].as_array().context("an archive has entries")?;
    let exchanged = entries.iter().map(|entry| {
        let request = &entry["request"];
        let said = |member: &str| request[member].as_str().with_context(|| format!("no {member}: {request}"));
        let status = entry["response"]["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        Ok((format!("{} {}", said("method")?, said("url")?), status.context("an answer has a status")?))
    });
    exchanged.collect()
}
