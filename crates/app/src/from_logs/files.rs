use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use larder_runtime::{Second, Span};

/// Names of files that may be logs.
const ENDINGS: [&str; 4] = [".json", ".jsonl", ".ndjson", ".gz"];
/// Folders beside the logs in a bucket of CloudTrail, with files of other kinds.
const OTHERS: [&str; 6] =
    ["CloudTrail-Digest", "CloudTrail-Insight", "Config", "elasticloadbalancing", "vpcdnsquerylogs", "vpcflowlogs"];
/// CloudTrail delivers an event within a quarter of an hour as a rule; a file of which nothing else is known may tell of
/// so many seconds before it was delivered.
const DELIVERED_WITHIN: i64 = 3_600;

/// A file that may be a log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogFile {
    /// Where it is.
    pub path: PathBuf,
    /// How many bytes it has, as it is stored.
    pub bytes: u64,
}

/// A path that can't be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {error}", path.display())]
pub struct NoSuchLog {
    /// Which it is.
    pub path: PathBuf,
    /// What the system says.
    pub error: io::Error,
}

/// The files that paths name, each once: files whatever they are called, and of folders and their folders those whose
/// names end as logs' do. What can't be looked at within a folder is among them: whoever reads it is told why.
///
/// # Errors
/// [`NoSuchLog`] for one of the paths, if it can't be looked at.
pub fn log_files(paths: &[PathBuf]) -> Result<Vec<LogFile>, NoSuchLog> {
    let mut files = Vec::new();
    for path in paths {
        add(path, &mut files).map_err(|error| NoSuchLog { path: path.clone(), error })?;
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn add(path: &Path, files: &mut Vec<LogFile>) -> io::Result<()> {
    let about = fs::metadata(path)?;
    if !about.is_dir() {
        files.push(LogFile { path: path.to_owned(), bytes: about.len() });
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_folder = entry.file_type()?.is_dir();
        let may_be_a_log =
            if is_folder { !OTHERS.contains(&&*name) } else { ENDINGS.iter().any(|ending| name.ends_with(ending)) };
        if may_be_a_log && add(&entry.path(), files).is_err() {
            files.push(LogFile { path: entry.path(), bytes: 0 });
        }
    }
    Ok(())
}

impl LogFile {
    /// The time that its events may be of: that before its delivery, which CloudTrail puts into its name, or any.
    pub(super) fn may_tell_of(&self) -> Span {
        match self.delivered() {
            Some(delivered) => Span { from: delivered.plus(-DELIVERED_WITHIN), to: delivered.plus(60) },
            None => Span { from: Second::MIN, to: Second::MAX },
        }
    }

    /// Whether CloudTrail delivered it, by its name.
    pub(super) fn is_delivered(&self) -> bool {
        self.delivered().is_some()
    }

    fn delivered(&self) -> Option<Second> {
        self.path.file_name()?.to_string_lossy().split('_').find_map(delivery)
    }
}

/// Such as `20230710T1205Z`.
fn delivery(part: &str) -> Option<Second> {
    let (date, time) = part.strip_suffix('Z')?.split_once('T')?;
    if date.len() != 8 || time.len() != 4 || !part.is_ascii() {
        return None;
    }
    let (hour, minute) = time.split_at(2);
    format!("{}-{}-{}T{hour}:{minute}:00Z", &date[..4], &date[4..6], &date[6..]).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_searched_for_logs_and_named_files_are_taken_as_they_are() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        for within in ["AWSLogs/CloudTrail", "AWSLogs/CloudTrail-Digest"] {
            fs::create_dir_all(path(within)).expect("a folder");
        }
        for name in ["a.json", "b.txt", "AWSLogs/CloudTrail/c.json.gz", "AWSLogs/CloudTrail-Digest/d.json.gz"] {
            fs::write(path(name), "x").expect("a file");
        }
        let found = |paths: &[PathBuf]| log_files(paths).expect("they are there");
        let files = found(&[folder.path().to_owned(), path("a.json"), path("b.txt")]);
        let paths: Vec<_> = files.iter().map(|file| file.path.clone()).collect();
        assert_eq!(paths, [path("AWSLogs/CloudTrail/c.json.gz"), path("a.json"), path("b.txt")]);
        let broken = path("AWSLogs/CloudTrail/broken.json");
        std::os::unix::fs::symlink(path("none"), &broken).expect("a link");
        let files = found(&[folder.path().to_owned()]);
        assert_eq!(files[0], LogFile { path: broken, bytes: 0 }, "what can't be looked at is named when it is read");
        assert_eq!(files.len(), 3);
        let missing = log_files(&[path("none")]).expect_err("it is not there").to_string();
        assert!(missing.starts_with(&path("none").display().to_string()), "{missing}");
    }

    #[test]
    fn a_file_may_tell_of_the_hour_before_its_delivery() {
        let of = |name: &str| LogFile { path: name.into(), bytes: 0 }.may_tell_of();
        let delivered = of("x/111122223333_CloudTrail_us-east-1_20230710T1205Z_abc.json.gz");
        assert_eq!(
            (delivered.from.to_string(), delivered.to.to_string()),
            ("2023-07-10T11:05:00Z".to_owned(), "2023-07-10T12:06:00Z".to_owned())
        );
        for name in ["log.json", "a_20231340T9999Z_b.json", "a_2023071éT120Z.json"] {
            assert_eq!(of(name).from, Second::MIN, "{name}");
        }
    }
}
