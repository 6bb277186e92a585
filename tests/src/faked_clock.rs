//! libfaketime: a wall clock that can be set while a program runs.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::counterparts::counterpart;

/// The wall clock of the programs that are started with its variables. Their monotonic clock goes on as it is.
pub struct FakedClock {
    library: PathBuf,
    folder: TempDir,
}

impl FakedClock {
    /// A clock that is right.
    ///
    /// # Errors
    /// If there is no temporary folder.
    ///
    /// # Panics
    /// If libfaketime is not installed.
    pub fn new() -> anyhow::Result<Self> {
        let clock = Self { library: counterpart("libfaketime").join("libfaketime.so.1"), folder: tempfile::tempdir()? };
        clock.set(0)?;
        Ok(clock)
    }

    /// The variables for a program that is to go by it.
    #[must_use]
    pub fn env(&self) -> [(&'static str, String); 5] {
        [
            ("LD_PRELOAD", self.library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", self.file().display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("FAKETIME_FMT", "%s".to_owned()),
        ]
    }

    /// Sets it so many seconds ahead of the real one, or behind it.
    ///
    /// # Errors
    /// If its file can't be written.
    pub fn set(&self, ahead_seconds: i64) -> anyhow::Result<()> {
        self.write(&format!("{ahead_seconds:+}"))
    }

    /// Lets it stand still, so many seconds after 1970-01-01 UTC.
    ///
    /// # Errors
    /// If its file can't be written.
    pub fn stop_at(&self, unix_seconds: i64) -> anyhow::Result<()> {
        self.write(&unix_seconds.to_string())
    }

    fn write(&self, setting: &str) -> anyhow::Result<()> {
        let next = self.folder.path().join("next");
        fs::write(&next, format!("{setting}\n"))?;
        // At once: a program may be reading it.
        Ok(fs::rename(next, self.file())?)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("offset")
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::SystemTime;

    use super::*;

    fn date(clock: &FakedClock, format: &str) -> String {
        let date = Command::new("date").arg(format).envs(clock.env()).output().expect("date runs");
        String::from_utf8_lossy(&date.stdout).trim().to_owned()
    }

    #[test]
    fn a_stopped_one_tells_one_time() {
        let clock = FakedClock::new().expect("a folder");
        clock.stop_at(1_762_042_200).expect("written");
        for _ in 0..3 {
            assert_eq!(date(&clock, "+%s.%N"), "1762042200.000000000");
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "what the faked clock is compared with")]
    fn a_program_goes_by_it() {
        let clock = FakedClock::new().expect("a folder");
        let seconds = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
        for ahead in [3_600, -3_600, 0] {
            clock.set(ahead).expect("written");
            let faked: u64 = date(&clock, "+%s").parse().expect("a number");
            let off = faked.abs_diff(seconds().checked_add_signed(ahead).expect("after 1970"));
            assert!(off < 60, "{off} s off when set {ahead} s ahead");
        }
    }
}
