use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::open::make_folder;
use super::{SqliteHistory, migrate, open};
use crate::HistoryError;

/// Behind the name of a copy that is not whole yet.
const UNFINISHED: &str = ".unfinished";

/// SQLite copies what one transaction sees, while others write. The copy gets its name once it is on the disk.
pub(super) async fn backup(history: &SqliteHistory, to: &Path) -> Result<(), HistoryError> {
    refuse_to_replace(to)?;
    make_folder(to).map_err(unreachable)?;
    let unfinished = with_suffix(to, UNFINISHED);
    remove(&unfinished).map_err(unreachable)?;
    let written = copy(history, &unfinished, to).await;
    if written.is_err() {
        remove(&unfinished).map_err(unreachable)?;
    }
    written
}

async fn copy(history: &SqliteHistory, unfinished: &Path, to: &Path) -> Result<(), HistoryError> {
    let name = unfinished
        .to_str()
        .ok_or_else(|| HistoryError::Invalid(format!("{}: SQLite wants a name that is UTF-8", to.display())))?;
    // Readers may write nothing, not even a copy.
    let copied = match &history.path {
        Some(path) => {
            let mut reader = open::connection().filename(path).connect().await.map_err(HistoryError::sqlite)?;
            let copied = sqlx::query("VACUUM INTO $1").bind(name).execute(&mut reader).await;
            copied.and(reader.close().await.map(|()| Default::default()))
        }
        None => sqlx::query("VACUUM INTO $1").bind(name).execute(&history.writer).await,
    };
    copied.map_err(HistoryError::sqlite)?;
    File::open(unfinished).and_then(|file| file.sync_all()).map_err(unreachable)?;
    name_it(unfinished, to)?;
    remove(unfinished).and_then(|()| sync_folder(to)).map_err(unreachable)
}

/// A rename would replace what somebody put there meanwhile; it is for file systems that give a file one name only.
fn name_it(unfinished: &Path, to: &Path) -> Result<(), HistoryError> {
    match fs::hard_link(unfinished, to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(taken(to)),
        Err(_) => refuse_to_replace(to).and_then(|()| fs::rename(unfinished, to).map_err(unreachable)),
        Ok(()) => Ok(()),
    }
}

/// The copy is checked and copied beside the history before anything is moved. What was there keeps its log: the two
/// belong together.
pub(super) async fn restore(from: &Path, to: &Path) -> Result<Option<PathBuf>, HistoryError> {
    check_copy(from).await?;
    make_folder(to).map_err(unreachable)?;
    let unfinished = with_suffix(to, UNFINISHED);
    fs::copy(from, &unfinished).map_err(unreachable)?;
    File::open(&unfinished).and_then(|file| file.sync_all()).map_err(unreachable)?;
    let aside = if to.try_exists().map_err(unreachable)? { Some(set_aside(to).await?) } else { None };
    fs::rename(&unfinished, to).and_then(|()| sync_folder(to)).map_err(unreachable)?;
    Ok(aside)
}

/// # Errors
/// [`HistoryError::Unusable`] for a file that is not a whole history of a version that this program knows.
async fn check_copy(from: &Path) -> Result<(), HistoryError> {
    let described = from.display().to_string();
    // A copy has all in one file. One with a log beside it is in use, or was left by a crash.
    if with_suffix(from, "-wal").metadata().is_ok_and(|log| log.len() > 0) {
        let why = format!("{described} has a log beside it: it is no backup, or a program has it open");
        return Err(HistoryError::Unusable(why));
    }
    let options = SqliteConnectOptions::new().filename(from).read_only(true).immutable(true);
    let mut copy = options.connect().await.map_err(|error| unusable(&described, &error))?;
    let checked = migrate::check_whole(&mut copy, &described).await;
    copy.close().await.map_err(HistoryError::sqlite)?;
    checked
}

/// Renames a history, and what SQLite keeps beside it, to the first `<name>.before-restore-<n>` that is free, once no
/// program has it open.
async fn set_aside(path: &Path) -> Result<PathBuf, HistoryError> {
    be_alone(path).await?;
    for number in 1_u64.. {
        let aside = with_suffix(path, &format!(".before-restore-{number}"));
        if aside.try_exists().map_err(unreachable)? {
            continue;
        }
        for companion in ["-wal", "-shm", "-journal"] {
            match fs::rename(with_suffix(path, companion), with_suffix(&aside, companion)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unreachable(error)),
                _ => {}
            }
        }
        fs::rename(path, &aside).map_err(unreachable)?;
        return Ok(aside);
    }
    Err(unreachable(io::ErrorKind::AlreadyExists.into()))
}

/// Whoever has a file with a log open holds a lock on it that only lets others share; asking for all of it tells whether
/// there is one. A file that is no database at all has none, and may be replaced.
async fn be_alone(path: &Path) -> Result<(), HistoryError> {
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(std::time::Duration::ZERO);
    let Ok(mut connection) = options.pragma("locking_mode", "EXCLUSIVE").connect().await else { return Ok(()) };
    let alone = exclusively(&mut connection).await;
    let closed = connection.close().await;
    match alone.and(closed).map_err(HistoryError::sqlite) {
        Err(busy @ HistoryError::Busy(_)) => Err(busy),
        _ => Ok(()),
    }
}

/// Out of its log's mode and back: SQLite does so only for the one connection that a file has.
async fn exclusively(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    for statement in ["PRAGMA journal_mode = DELETE", "BEGIN EXCLUSIVE", "COMMIT"] {
        sqlx::query(statement).execute(&mut *connection).await?;
    }
    Ok(())
}

fn refuse_to_replace(to: &Path) -> Result<(), HistoryError> {
    if to.try_exists().map_err(unreachable)? { Err(taken(to)) } else { Ok(()) }
}

fn taken(to: &Path) -> HistoryError {
    HistoryError::Invalid(format!("{} is there already", to.display()))
}

/// A name is on the disk once its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn unusable(described: &str, error: &sqlx::Error) -> HistoryError {
    HistoryError::Unusable(format!("{described} is no sound history: {error}"))
}

fn unreachable(error: io::Error) -> HistoryError {
    match error.kind() {
        io::ErrorKind::StorageFull => HistoryError::Full(error.into()),
        _ => HistoryError::Unreachable(error.into()),
    }
}
