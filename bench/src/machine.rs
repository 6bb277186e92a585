//! What the numbers were measured on, and with.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

/// The crates whose versions matter to the numbers.
const CRATES: [&str; 8] = [
    "larder-cache",
    "lambda_http",
    "lambda_runtime",
    "tokio",
    "quick_cache",
    "moka",
    "aws-sdk-dynamodb",
    "libsqlite3-sys",
];
const LOCK: &str = include_str!("../../Cargo.lock");

/// The machine, the compiler and the crates.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) compiler: &'static str,
    pub(crate) profile: &'static str,
    pub(crate) crates: Vec<(&'static str, &'static str)>,
}

impl Machine {
    pub(crate) fn this_one() -> Self {
        Self {
            processor: processor().unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            cores: available_parallelism().map_or(1, usize::from),
            compiler: env!("LARDER_BENCH_RUSTC"),
            profile: if cfg!(debug_assertions) { "debug build: the numbers say nothing" } else { "release build" },
            crates: CRATES.iter().filter_map(|name| Some((*name, version(LOCK, name)?))).collect(),
        }
    }

    /// For the head of a table.
    pub(crate) fn lines(&self) -> [String; 4] {
        let crates: Vec<_> = self.crates.iter().map(|(name, version)| format!("{name} {version}")).collect();
        [
            format!("{} cores of {}", self.cores, self.processor),
            format!("{}, {}", self.compiler, self.profile),
            crates.join(", "),
            counterparts(),
        ]
    }
}

/// What is measured against that is no crate, by what it was installed from.
fn counterparts() -> String {
    let installed = larder_tests::counterparts_dir();
    let dynamodb_local = fs::read_to_string(installed.join("dynamodb_local/.pin")).unwrap_or_default();
    let dynamodb_local = dynamodb_local.split_whitespace().next().unwrap_or("unknown").to_owned();
    let package = fs::read_to_string(installed.join("bentocache/node_modules/bentocache/package.json")).ok();
    let package = package.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
    let bentocache = package.as_ref().and_then(|package| package["version"].as_str()).unwrap_or("not installed");
    let (node, chromium) = (version_of("node"), version_of(&larder_tests::Browser::chromium()));
    let postgres = larder_tests::Postgres::installed().unwrap_or_else(|_| "no PostgreSQL".to_owned());
    format!("DynamoDB Local of {dynamodb_local}, bentocache {bentocache} on Node {node}, {postgres}, {chromium}")
}

/// What a program says of itself; nothing if it is not there.
fn version_of(program: &str) -> String {
    let told = Command::new(program).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&told).trim().to_owned()
}

/// As Linux names it.
fn processor() -> Option<String> {
    let description = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = description.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The version of a package in a Cargo.lock.
fn version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crate_has_a_version() {
        let versions = Machine::this_one().crates;
        assert_eq!(versions.len(), CRATES.len(), "{versions:?}");
    }
}
