use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What SQLite keeps beside a file. It belongs to that file: beside a fresh one it would damage it.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Renames a file, and what SQLite keeps beside it, to the first `<name>.corrupt-<n>` that is free. Nothing is
/// deleted.
pub(super) fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let aside = (1_u64..).map(|number| with_suffix(path, &format!(".corrupt-{number}")));
    for aside in aside {
        if aside.try_exists()? {
            continue;
        }
        for companion in COMPANIONS {
            match fs::rename(with_suffix(path, companion), with_suffix(&aside, companion)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        fs::rename(path, &aside)?;
        return Ok(aside);
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// The path with something behind its name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
