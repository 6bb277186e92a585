//! The deployment's templates, as CloudFormation gets them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::counterparts::counterpart;
use crate::project;

/// Every template by its file, `cfn/api.yaml`, expanded by SAM's own translator.
///
/// # Errors
/// If one of them is no template, with the translator's words.
pub fn expanded_templates() -> anyhow::Result<Value> {
    let mut expand = Command::new("python3");
    expand.arg("cfn/expand.py").current_dir(project());
    let output = expand.env("PYTHONPATH", counterpart("scanners")).env("PYTHONDONTWRITEBYTECODE", "1").output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("the templates are JSON")
}

/// Looks for secrets in the files of a git checkout, and gives what was found; nothing if there is none.
///
/// # Errors
/// If the scanner can't be run.
pub fn found_secrets(checkout: &Path, allowed: &Path) -> anyhow::Result<String> {
    let mut scan = Command::new("python3");
    scan.arg(project().join("tests/scanners/secrets.py")).arg(allowed).current_dir(checkout);
    let output = scan.env("PYTHONPATH", counterpart("scanners")).env("PYTHONDONTWRITEBYTECODE", "1").output()?;
    let found = String::from_utf8(output.stdout)?;
    let words = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success() == found.is_empty() && words.is_empty(), "{found}{words}");
    Ok(found)
}

/// The IAM actions for which AWS knows a resource, as cfn-lint has them from AWS.
///
/// # Errors
/// If they are not where they were.
pub fn actions_with_resources() -> anyhow::Result<impl Fn(&str) -> bool> {
    let path = counterpart("scanners").join("cfnlint/data/AdditionalSpecs/Policies.json");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let services: Value = serde_json::from_str(&text)?;
    ensure!(services["dynamodb"]["Actions"]["getitem"]["Resources"].is_array(), "{} has another form", path.display());
    Ok(move |action: &str| {
        let (service, name) = action.split_once(':').unwrap_or((action, ""));
        let action = &services[service]["Actions"][name.to_lowercase()];
        // What it doesn't know at all may have one.
        action.is_null() || action["Resources"].is_array()
    })
}
