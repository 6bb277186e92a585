//! What the numbers were measured on, and with.

use std::fs;
use std::thread::available_parallelism;

/// The crates whose versions matter to the numbers.
const CRATES: [&str; 7] =
    ["larder-cache", "lambda_http", "lambda_runtime", "tokio", "quick_cache", "aws-sdk-dynamodb", "libsqlite3-sys"];
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
    pub(crate) fn lines(&self) -> [String; 3] {
        let crates: Vec<_> = self.crates.iter().map(|(name, version)| format!("{name} {version}")).collect();
        [
            format!("{} cores of {}", self.cores, self.processor),
            format!("{}, {}", self.compiler, self.profile),
            crates.join(", "),
        ]
    }
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
