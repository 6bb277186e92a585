//! Running minutes from log files that someone exported.

mod files;

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use larder_runtime::Collected;
use larder_runtime::cloudtrail::{items, read_item};

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
        if let Err(reason) = self.read(file, read) {
            self.collected.miss(file.may_tell_of());
            self.broken.push(BrokenLog { path: file.path.clone(), reason });
        }
    }

    fn read(&mut self, file: &LogFile, read: &(dyn Fn(u64) + Sync)) -> Result<(), String> {
        let source = File::open(&file.path).map_err(|error| error.to_string())?;
        let mut items = items(Counted { source, read }).map_err(|error| error.to_string())?;
        while let Some(item) = items.next_item().map_err(|error| error.to_string())? {
            self.collected.add(read_item(item).map_err(|error| error.to_string())?);
        }
        Ok(())
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
