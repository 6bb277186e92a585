//! What only the file can show.

use std::path::{Path, PathBuf};

use larder_history::{History, HistoryError, Kind, SqliteHistory};
use larder_tests::wait_until;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tempfile::TempDir;

use crate::samples::{ACCOUNT, check_sound, instance, keep};
use crate::tables::ids;

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("made/history.sqlite");
    (folder, path)
}

async fn open(path: &Path) -> SqliteHistory {
    SqliteHistory::open(path).await.expect("opens")
}

async fn raw(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.expect("connects")
}

async fn run(path: &Path, statement: &'static str) {
    let mut connection = raw(path).await;
    sqlx::raw_sql(statement).execute(&mut connection).await.expect(statement);
    connection.close().await.expect("closes");
}

/// Connections that were dropped are closed beside the test.
async fn restore_when_closed(from: &Path, to: &Path) -> Result<Option<PathBuf>, HistoryError> {
    let restore = async || match SqliteHistory::restore(from, to).await {
        Err(HistoryError::Busy(_)) => Ok(None),
        done => Ok(Some(done)),
    };
    wait_until("nobody has it open", restore).await.expect("it is closed")
}

#[tokio::test]
async fn a_file_opened_again_has_everything_and_two_may_open_it_at_once() {
    let (_folder, path) = file();
    let (one, other) = tokio::join!(open(&path), open(&path));
    keep(&one, "2026-11-01T10:00:00Z", &[instance("i-1", "running")]).await;
    assert_eq!(ids(&other).await, ["i-1"]);
    drop((one, other));
    assert_eq!(ids(&open(&path).await).await, ["i-1"]);
}

#[tokio::test]
async fn a_file_of_an_older_version_is_brought_up_to_date_with_all_that_it_has() {
    let (_folder, path) = file();
    keep(&open(&path).await, "2026-11-01T10:00:00Z", &[instance("i-1", "running")]).await;
    run(&path, "DROP INDEX resources_by_digest; DELETE FROM _sqlx_migrations WHERE version = 2").await;
    let history = open(&path).await;
    keep(&history, "2026-11-01T11:00:00Z", &[instance("i-1", "stopped")]).await;
    check_sound(&history).await;
    let index = "SELECT count(*) FROM sqlite_schema WHERE name = 'resources_by_digest'";
    let found: i64 = sqlx::query_scalar(index).fetch_one(&mut raw(&path).await).await.expect("a count");
    assert_eq!((ids(&history).await, found), (vec!["i-1".to_owned()], 1));
}

#[tokio::test]
async fn a_file_of_somebody_else_or_of_a_newer_version_is_refused_and_left_as_it_is() {
    let (folder, path) = file();
    drop(open(&path).await);
    run(&path, "INSERT INTO _sqlx_migrations VALUES (99, 'later', 0, TRUE, x'00', 0)").await;
    let foreign = folder.path().join("foreign.db");
    run(&foreign, "CREATE TABLE resources (id INTEGER)").await;
    let text = folder.path().join("text.txt");
    std::fs::write(&text, "this is no database".repeat(100)).expect("written");
    for (path, why) in [(path, "newer version"), (foreign, "somebody else's"), (text, "damaged")] {
        let before = std::fs::read(&path).expect("a file");
        let refused = SqliteHistory::open(&path).await.expect_err("it can't be used");
        assert!(matches!(&refused, HistoryError::Unusable(told) if told.contains(why)), "{refused:?}");
        let restored = SqliteHistory::restore(&path, &folder.path().join("restored")).await;
        assert!(matches!(restored, Err(HistoryError::Unusable(_))), "{restored:?}");
        if why != "newer version" {
            assert!(std::fs::read(&path).expect("a file") == before, "{why}: it was changed");
        }
    }
    assert!(!folder.path().join("restored").exists());
}

#[tokio::test]
async fn a_backup_is_one_moment_of_it_while_syncs_go_on() {
    let (folder, path) = file();
    let history = open(&path).await;
    let all: Vec<_> = (0..500).map(|number| instance(&format!("i-{number:03}"), "running")).collect();
    keep(&history, "2026-11-01T10:00:00Z", &all).await;
    let backups = async {
        for number in 0..5 {
            history.backup(&folder.path().join(format!("backup-{number}"))).await.expect("it is copied");
        }
    };
    let syncs = async {
        for minute in 10..40 {
            // Each sync changes all of them, so that a copy of two moments would have two states.
            let state = format!("state-{minute}");
            let all: Vec<_> = (0..500).map(|number| instance(&format!("i-{number:03}"), &state)).collect();
            keep(&history, &format!("2026-11-01T11:{minute}:00Z"), &all).await;
        }
    };
    tokio::join!(backups, syncs);
    for number in 0..5 {
        let copy = open(&folder.path().join(format!("backup-{number}"))).await;
        check_sound(&copy).await;
        let kept = copy.resources(ACCOUNT, Kind::Instance, None).await.expect("answers");
        let mut states: Vec<_> = kept[0].resources.iter().map(|of| of.attributes["state"].clone()).collect();
        states.dedup();
        assert_eq!((kept[0].resources.len(), states.len()), (500, 1), "{states:?}");
    }
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("unfinished")), "{left:?}");
}

#[tokio::test]
async fn a_backup_replaces_nothing() {
    let (folder, path) = file();
    let history = open(&path).await;
    let taken = folder.path().join("taken");
    std::fs::write(&taken, "mine").expect("written");
    let refused = history.backup(&taken).await;
    assert!(matches!(refused, Err(HistoryError::Invalid(_))), "{refused:?}");
    assert_eq!(std::fs::read(&taken).expect("a file"), b"mine");
}

#[tokio::test]
async fn a_restored_backup_is_what_was_and_what_it_replaces_is_kept_beside() {
    let (folder, path) = file();
    let history = open(&path).await;
    keep(&history, "2026-11-01T10:00:00Z", &[instance("i-1", "running")]).await;
    let backup = folder.path().join("backup");
    history.backup(&backup).await.expect("it is copied");
    keep(&history, "2026-11-01T11:00:00Z", &[instance("i-2", "running")]).await;

    let busy = SqliteHistory::restore(&backup, &path).await;
    assert!(matches!(busy, Err(HistoryError::Busy(_))), "{busy:?}");
    assert_eq!(ids(&history).await, ["i-2"]);
    keep(&history, "2026-11-01T12:00:00Z", &[instance("i-3", "running")]).await;
    drop(history);
    let aside = restore_when_closed(&backup, &path).await.expect("it is restored").expect("there was one");
    assert_eq!(aside, PathBuf::from(format!("{}.before-restore-1", path.display())));
    let restored = open(&path).await;
    assert_eq!(ids(&restored).await, ["i-1"]);
    check_sound(&restored).await;
    assert_eq!(ids(&open(&aside).await).await, ["i-3"]);
    let fresh = folder.path().join("elsewhere/history.sqlite");
    assert_eq!(SqliteHistory::restore(&backup, &fresh).await.expect("there was none"), None);
    assert_eq!(ids(&open(&fresh).await).await, ["i-1"]);
}

#[tokio::test]
async fn what_the_file_itself_contradicts_is_found() {
    let (_folder, path) = file();
    let history = open(&path).await;
    keep(&history, "2026-11-01T10:00:00Z", &[instance("i-1", "running"), instance("i-2", "running")]).await;
    drop(history);
    let stray = "PRAGMA foreign_keys = OFF; DELETE FROM resources WHERE resource_id = 'i-1'";
    run(&path, stray).await;
    let history = open(&path).await;
    let findings = history.verify().await.expect("it can be verified");
    let is_told = |table: &str, what: &str| findings.iter().any(|it| it.table == table && it.what.contains(what));
    assert!(is_told("resource_versions", "belongs to no resources"), "{findings:#?}");
    drop(history);
    let unchecked = "PRAGMA ignore_check_constraints = ON; UPDATE resources SET attributes = 'no JSON'";
    run(&path, unchecked).await;
    let findings = open(&path).await.verify().await.expect("it can be verified");
    let is_told = |it: &larder_history::Finding| it.table == "sqlite_schema" && it.what.contains("CHECK");
    assert!(findings.iter().any(is_told), "{findings:#?}");
}

#[tokio::test]
async fn a_damaged_copy_is_not_restored() {
    let (folder, path) = file();
    let history = open(&path).await;
    let all: Vec<_> = (0..500).map(|number| instance(&format!("i-{number}"), "running")).collect();
    keep(&history, "2026-11-01T10:00:00Z", &all).await;
    let backup = folder.path().join("backup");
    history.backup(&backup).await.expect("it is copied");
    let mut bytes = std::fs::read(&backup).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(&backup, bytes).expect("written");
    drop(history);
    let refused = restore_when_closed(&backup, &path).await;
    assert!(matches!(refused, Err(HistoryError::Unusable(_))), "{refused:?}");
    assert_eq!(ids(&open(&path).await).await.len(), 500);
}
