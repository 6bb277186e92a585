//! Playwright with the system's Chromium, for the suites of the page in `tests/browser`.

use std::fs;
use std::path::PathBuf;

use crate::child::Child;
use crate::counterparts::counterpart;
use crate::project;

/// What a run of suites came to.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Whether there were tests, and all of them passed.
    pub passed: bool,
    /// What it reports to people.
    pub report: String,
}

impl Browser {
    /// Runs these suites, each the name of a file without `.spec.js`, with these variables in their environment.
    ///
    /// # Errors
    /// If Node can't be started.
    pub async fn run(suites: &[&str], env: &[(&str, &str)]) -> anyhow::Result<Self> {
        let modules = Self::modules();
        let runner = modules.join("@playwright/test/cli.js").display().to_string();
        let configuration = project().join("tests/browser/playwright.config.js").display().to_string();
        let mut command = ["node", &runner, "test", "--config", &configuration].map(str::to_owned).to_vec();
        command.extend(suites.iter().map(|suite| format!("/{suite}.spec.js")));
        let modules = modules.display().to_string();
        // It would keep what it compiled in a folder that nobody removes.
        let cache = tempfile::tempdir()?;
        let cache = cache.path().display().to_string();
        let own = [("NODE_PATH", modules.as_str()), ("PWTEST_CACHE_DIR", &cache)];
        let chromium = Self::chromium();
        let env: Vec<_> = own.into_iter().chain([("CHROMIUM", &*chromium)]).chain(env.iter().copied()).collect();
        let mut child = Child::start(&command, &env)?;
        let passed = child.exit_at_length().await?.success();
        Ok(Self { passed, report: child.whole_output().await?.to_string() })
    }

    /// The folder of Playwright's modules, for `NODE_PATH`.
    fn modules() -> PathBuf {
        counterpart("browser").join("node_modules")
    }

    /// The browser itself: what `CHROMIUM` says, or where Debian puts it.
    #[must_use]
    pub fn chromium() -> String {
        std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned())
    }

    /// The suites that there are, in the order of their names.
    ///
    /// # Errors
    /// If the folder can't be read.
    pub fn suites() -> anyhow::Result<Vec<String>> {
        let names = fs::read_dir(project().join("tests/browser"))?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut suites: Vec<_> = names.filter_map(|name| Some(name.strip_suffix(".spec.js")?.to_owned())).collect();
        suites.sort();
        Ok(suites)
    }
}
