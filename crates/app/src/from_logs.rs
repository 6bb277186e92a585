//! Running minutes from log files that someone exported.

mod files;

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use larder_runtime::Collected;
use larder_runtime::cloudtrail::{NotAnEvent, ReadError, items, read_item};

pub use files::{LogFile, NoSuchLog, log_files};

/// What log files tell, and which of them could not be read to their end.
#[derive(Debug, Default)]
pub struct FromLogs {
    /// What they tell.
    pub collected: Collected,
    /// Files that are broken, by path. What stood before the break counts; what stood behind it is missing, and the
    /// answers of that time are bounds.
    pub broken: Vec<BrokenLog>,
}

/// A log file that could not be read to its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BrokenLog {
    /// Where it is.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

/// Reads log files, some side by side; of a file no more is kept than the event being
/// read and what earlier ones tell of starts and ends. `read` is told each time that so many
/// bytes more of the files were read.
pub fn read_logs(files: &[LogFile], read: &(dyn Fn(u64) + Sync)) -> FromLogs {
    let (next, all) = (AtomicUsize::new(0), Mutex::new(FromLogs::default()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(files.len());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut mine = FromLogs::default();
                while let Some(file) = files.get(next.fetch_add(1, Relaxed)) {
                    mine.add(file, read);
                }
                let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                all.collected.merge(mine.collected);
                all.broken.extend(mine.broken);
            });
        }
    });
    let mut all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    all.broken.sort();
    all
}

impl FromLogs {
    fn add(&mut self, file: &LogFile, read: &(dyn Fn(u64) + Sync)) {
        let events_before = self.collected.events;
        if let Err(error) = self.read(file, read) {
            // What holds something else, and is not called as CloudTrail's files are, is no log: nothing is missing.
            let is_a_log = !error.is_of_the_content() || self.collected.events > events_before || file.is_delivered();
            if is_a_log {
                self.collected.miss(file.may_tell_of());
            }
            self.broken.push(BrokenLog { path: file.path.clone(), reason: error.to_string() });
        }
    }

    fn read(&mut self, file: &LogFile, read: &(dyn Fn(u64) + Sync)) -> Result<(), Unread> {
        let source = File::open(&file.path)?;
        let mut items = items(Counted { source, read })?;
        while let Some(item) = items.next_item()? {
            self.collected.add(read_item(item)?);
        }
        Ok(())
    }
}

/// Why a log file was not read to its end.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error(transparent)]
    File(#[from] std::io::Error),
    #[error(transparent)]
    Log(#[from] ReadError),
    #[error(transparent)]
    Event(#[from] NotAnEvent),
}

impl Unread {
    /// Whether it could be read, and has something else than events.
    fn is_of_the_content(&self) -> bool {
        matches!(self, Self::Event(_) | Self::Log(ReadError::NotAList(_) | ReadError::TooLarge(_)))
    }
}

/// A file whose reading is counted.
struct Counted<'a> {
    source: File,
    read: &'a (dyn Fn(u64) + Sync),
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let bytes = self.source.read(into)?;
        (self.read)(bytes as u64);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use larder_runtime::{Asked, Quality};

    use super::*;

    const LOG: &str = r#"{"Records": [
        {"eventName": "StartInstances", "eventTime": "2025-11-02T10:00:00Z", "eventID": "a", "awsRegion": "us-east-1",
         "responseElements": {"instancesSet": {"items": [{"instanceId": "i-1", "previousState": {"name": "stopped"}}]}}},
        {"eventName": "StopInstances", "eventTime": "2025-11-02T12:30:00Z", "eventID": "b", "awsRegion": "us-east-1",
         "responseElements": {"instancesSet": {"items": [{"instanceId": "i-1", "previousState": {"name": "running"}}]}}}]}"#;

    /// The quality of the answer of a log beside another file, and how many are broken.
    fn beside(name: &str, content: &[u8]) -> (Quality, usize) {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("log.json"), LOG).expect("a file");
        fs::write(folder.path().join(name), content).expect("a file");
        let files = log_files(&[folder.path().to_owned()]).expect("they are there");
        let read = read_logs(&files, &|_| {});
        let answers = read.collected.answers(&Asked::default());
        assert_eq!((answers.len(), answers[0].minutes.is_some()), (1, true));
        (answers[0].quality, read.broken.len())
    }

    #[test]
    fn only_a_log_that_is_broken_takes_away_what_others_cover() {
        for (name, content) in [("package.json", &br#"{"name": "x"}"#[..]), ("notes.json", b"text"), ("x.json", b"")] {
            assert_eq!(beside(name, content), (Quality::Exact, usize::from(!content.is_empty())), "{name}");
        }
        let cut_off = &LOG.as_bytes()[..LOG.len() / 2];
        let named = "111122223333_CloudTrail_us-east-1_20251102T1230Z_abc.json";
        for (name, content) in [("cut.json", cut_off), ("list.json", b"{\"Records\": ["), (named, b"text")] {
            assert_eq!(beside(name, content), (Quality::Bounded, 1), "{name}");
        }
    }
}
