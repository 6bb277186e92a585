//! What only the file can show.

use std::path::{Path, PathBuf};

use larder_cache::store::{Claim, ItemRead, LeaseAttempt, SqliteError, SqliteStore, Store, StoredEntry};
use larder_cache::{Epoch, Incarnation, Marks, Selector};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tempfile::TempDir;

use crate::listings::pages;
use crate::samples::{bytes, chunked, entry, fence, key, lease, region};

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cache.db");
    (folder, path)
}

async fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path).await.expect("opens")
}

async fn raw(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    options.connect().await.expect("connects")
}

/// What was set aside of a file.
fn corrupt(path: &Path) -> Vec<PathBuf> {
    let set_aside = |number| PathBuf::from(format!("{}.corrupt-{number}", path.display()));
    (1..9).map(set_aside).filter(|aside| aside.exists()).collect()
}

async fn run(path: &Path, statement: &str) {
    let mut connection = raw(path).await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.expect(statement);
    connection.close().await.expect("closes");
}

#[tokio::test]
async fn a_file_opened_again_has_everything() {
    let (_folder, path) = file();
    let key = key("ec2-subnets", 1);
    let written = chunked(entry(&key, fence(1, 1)), "a", 1);
    let chunks: Vec<_> = written.payload.chunks().into_iter().map(|id| (id, bytes(1, 9))).collect();
    let store = open(&path).await;
    store.create_epoch(Incarnation::new(0, 1)).await.expect("answers");
    let epoch = store.advance_epoch(&region("us-east-1")).await.expect("answers").value;
    store.write_entry(&written).await.expect("answers");
    store.write_chunks(&chunks, 4_100_003_900).await.expect("answers");
    store.take_lease(&key, &lease("one"), &Claim::New).await.expect("answers");
    drop(store);
    let store = open(&path).await;
    assert_eq!(corrupt(&path), Vec::<PathBuf>::new());
    let snapshot = store.read(&key).await.expect("answers").value;
    assert_eq!((snapshot.epoch, snapshot.entry), (epoch, ItemRead::Found(written.clone().into())));
    assert_eq!(store.read_chunks(&written.payload.chunks()).await.expect("answers").value, [Some(bytes(1, 9))]);
    let attempt = store.take_lease(&key, &lease("two"), &Claim::New).await.expect("answers").value;
    assert_eq!(attempt, LeaseAttempt::Held(lease("one")));
}

#[tokio::test]
async fn two_handles_on_one_file_see_each_others_epoch_at_once() {
    let (_folder, path) = file();
    let (one, other) = tokio::join!(open(&path), open(&path));
    let (mine, its) =
        tokio::join!(one.create_epoch(Incarnation::new(0, 1)), other.create_epoch(Incarnation::new(0, 2)));
    assert_eq!(mine.expect("answers"), its.expect("answers"));
    for round in 0..10 {
        let (writer, reader) = if round % 2 == 0 { (&one, &other) } else { (&other, &one) };
        let advanced = writer.advance_epoch(&Selector::EVERYTHING).await.expect("answers").value;
        assert_eq!(reader.read_epoch().await.expect("answers").value, advanced);
    }
    let advances = (0..20).flat_map(|_| [&one, &other]).map(|store| store.advance_epoch(&Selector::EVERYTHING));
    for advanced in futures::future::join_all(advances).await {
        advanced.expect("waits its turn");
    }
    let epoch = one.read_epoch().await.expect("answers").value.expect("there is one");
    assert_eq!(epoch.counter, 50);
}

#[tokio::test]
async fn an_unusable_file_is_set_aside_whole_and_a_fresh_one_opened() {
    let (folder, path) = file();
    let mut damaged = {
        let store = open(&path).await;
        for account in 0..200 {
            store.write_entry(&entry(&key("ec2-subnets", account), fence(1, 1))).await.expect("answers");
        }
        drop(store);
        run(&path, "PRAGMA wal_checkpoint(TRUNCATE)").await;
        std::fs::read(&path).expect("the file")
    };
    for byte in damaged.iter_mut().skip(4_096 * 3) {
        *byte = 0xa5;
    }
    let newer = {
        let path = folder.path().join("newer.db");
        run(&path, "CREATE TABLE entry (id INTEGER); PRAGMA user_version = 99").await;
        std::fs::read(path).expect("the file")
    };
    let unusable = [b"this is no database".repeat(100), b"short".to_vec(), newer, damaged];
    for (number, content) in unusable.into_iter().enumerate() {
        let path = folder.path().join(format!("unusable-{number}.db"));
        std::fs::write(&path, &content).expect("written");
        let earlier = folder.path().join(format!("unusable-{number}.db.corrupt-1"));
        std::fs::write(&earlier, "set aside earlier").expect("written");
        let store = open(&path).await;
        let aside = folder.path().join(format!("unusable-{number}.db.corrupt-2"));
        assert_eq!(corrupt(&path), [earlier.clone(), aside.clone()], "{number} is unusable");
        assert_eq!(std::fs::read(&aside).expect("nothing is deleted"), content);
        assert_eq!(std::fs::read(&earlier).expect("nothing is replaced"), b"set aside earlier");
        store.create_epoch(Incarnation::new(0, 1)).await.expect("the fresh one works");
        drop(open(&path).await);
        assert_eq!(corrupt(&path), [earlier, aside], "the fresh one is usable");
    }
}

#[tokio::test]
async fn a_file_that_a_process_still_uses_is_not_replaced() {
    for damage in ["PRAGMA user_version = 99", "DROP TABLE lease"] {
        let (_folder, path) = file();
        let user = open(&path).await;
        let epoch = user.create_epoch(Incarnation::new(0, 1)).await.expect("answers").value;
        let other = open(&path).await;
        run(&path, damage).await;
        let error = SqliteStore::open(&path).await.err().expect("in use");
        assert!(matches!(error, SqliteError::Replaced { .. }), "{error:?}");
        assert_eq!(user.read_epoch().await.expect("answers").value, Some(epoch.clone()));
        drop(user);
        SqliteStore::open(&path).await.err().expect("the other uses it still");
        drop(other);
        let fresh = open(&path).await;
        assert_eq!((fresh.read_epoch().await.expect("answers").value, corrupt(&path).len()), (None, 1), "{damage}");
    }
    let (_folder, path) = file();
    let _user = open(&path).await;
    std::fs::remove_file(&path).expect("removed");
    let error = SqliteStore::open(&path).await.err().expect("in use");
    assert!(matches!(error, SqliteError::Replaced { .. }), "{error:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_process_whose_folder_was_removed_serves_and_acknowledges_nothing_more() {
    let (folder, _) = file();
    let path = folder.path().join("larder/cache.db");
    let user = open(&path).await;
    user.create_epoch(Incarnation::new(0, 1)).await.expect("in place");
    std::fs::remove_dir_all(folder.path().join("larder")).expect("removed");
    assert!(user.read_epoch().await.is_err(), "nobody else can change what it would see");
    let other = open(&path).await;
    other.create_epoch(Incarnation::new(0, 2)).await.expect("in place");
    assert!(user.read_epoch().await.is_err() && user.read(&key("ec2-subnets", 1)).await.is_err());
    assert!(user.advance_epoch(&Selector::EVERYTHING).await.is_err(), "nobody else would see it");
    assert!(user.create_epoch(Incarnation::new(0, 3)).await.is_err());
}

#[tokio::test]
async fn a_file_that_may_not_be_used_is_an_error_and_left_as_it_is() {
    let (folder, path) = file();
    drop(open(&path).await);
    run(&path, "PRAGMA wal_checkpoint(TRUNCATE)").await;
    // A write version that SQLite doesn't know makes a file read-only, for root too.
    let mut content = std::fs::read(&path).expect("the file");
    content[18] = 9;
    let read_only = folder.path().join("read-only.db");
    std::fs::write(&read_only, &content).expect("written");
    let error = SqliteStore::open(&read_only).await.err().expect("read-only");
    assert!(matches!(error, SqliteError::ReadOnly { .. }), "{error:?}");
    assert_eq!(std::fs::read(&read_only).expect("still there"), content);

    let foreign = folder.path().join("contacts.db");
    run(&foreign, "CREATE TABLE contact (name TEXT); INSERT INTO contact VALUES ('Ada')").await;
    let content = std::fs::read(&foreign).expect("the file");
    let error = SqliteStore::open(&foreign).await.err().expect("somebody else's");
    assert!(matches!(error, SqliteError::Foreign { .. }), "{error:?}");
    assert_eq!(std::fs::read(&foreign).expect("still there"), content);

    let under_a_file = path.join("cache.db");
    let error = SqliteStore::open(&under_a_file).await.err().expect("a file is no folder");
    assert!(matches!(error, SqliteError::Folder { .. }) && error.to_string().contains("cache.db"), "{error}");

    let no_file = folder.path().join("folder.db");
    std::fs::create_dir(&no_file).expect("a folder");
    let error = SqliteStore::open(&no_file).await.err().expect("a folder is no file");
    assert!(matches!(error, SqliteError::Denied { .. }), "{error:?}");
    let names: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").filter_map(Result::ok).collect();
    assert!(names.iter().all(|name| !name.path().to_string_lossy().contains("corrupt")), "nothing was renamed");
}

#[tokio::test]
async fn a_locked_file_is_an_error_and_not_a_damaged_one() {
    let (_folder, path) = file();
    drop(open(&path).await);
    let mut other = raw(&path).await;
    sqlx::raw_sql("BEGIN IMMEDIATE; UPDATE lease SET ttl = 1").execute(&mut other).await.expect("locks it");
    let error = SqliteStore::open(&path).await.err().expect("locked");
    assert!(matches!(error, SqliteError::Locked { .. }), "{error:?}");
    other.close().await.expect("closes");
    drop(open(&path).await);
    assert_eq!(corrupt(&path), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_write_that_was_broken_off_leaves_what_was_there() {
    let (_folder, path) = file();
    let key = key("ec2-subnets", 1);
    let store = open(&path).await;
    let epoch = store.create_epoch(Incarnation::new(0, 1)).await.expect("answers").value;
    let written = entry(&key, fence(1, 1));
    store.write_entry(&written).await.expect("answers");
    let mut other = raw(&path).await;
    let half = "BEGIN IMMEDIATE; UPDATE epoch SET counter = 9; DELETE FROM entry";
    sqlx::raw_sql(half).execute(&mut other).await.expect("half a write");
    let expected = ItemRead::Found(written.into());
    assert_eq!(store.read(&key).await.expect("readers don't wait").value.entry, expected);
    drop(other);
    let store = open(&path).await;
    let snapshot = store.read(&key).await.expect("answers").value;
    assert_eq!((snapshot.epoch, snapshot.entry), (Some(epoch), expected));
    store.advance_epoch(&Selector::EVERYTHING).await.expect("nothing is locked");
}

#[tokio::test]
async fn a_row_that_is_not_understood_is_malformed_and_not_in_the_way() {
    let (_folder, path) = file();
    let key = key("ec2-subnets", 1);
    let store = open(&path).await;
    let written = entry(&key, fence(1, 1));
    for poison in [
        "format = 2",
        "incarnation = 'not a name'",
        "fence = -1",
        "size = -1",
        "data = NULL",
        "digest = 'both a value and chunks', chunks = 1",
        "data = NULL, digest = 'd', chunks = 4000000000",
        "etag = x'ff'",
    ] {
        store.write_entry(&StoredEntry { created_at: 5, ..written.clone() }).await.expect("answers");
        // STRICT keeps wrong types out, but an older SQLite, or a repair by hand, need not have.
        let relax = "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')')";
        run(&path, relax).await;
        run(&path, &format!("UPDATE entry SET fence = 9; UPDATE entry SET {poison}")).await;
        let read = store.read(&key).await.expect("no failure").value.entry;
        assert!(matches!(read, ItemRead::Malformed { .. }), "{poison}: {read:?}");
        assert!(store.write_entry(&written).await.expect("answers").value, "{poison} is in the way");
        let read = store.read(&key).await.expect("answers").value.entry;
        assert_eq!(read, ItemRead::Found(written.clone().into()), "{poison}");
    }
}

#[tokio::test]
async fn what_is_no_entry_is_not_listed_and_ends_no_listing() {
    let (_folder, path) = file();
    let store = open(&path).await;
    for number in 1..=5 {
        let entry = StoredEntry { created_at: number * 100, ..entry(&key("ec2-subnets", number), fence(1, 1)) };
        store.write_entry(&entry).await.expect("answers");
    }
    run(
        &path,
        "UPDATE entry SET size = -1 WHERE created_at IN (200, 300); UPDATE entry SET cache_key = '#poison' WHERE created_at = 400",
    )
    .await;
    for limit in 1..4 {
        let pages = pages(&store, "ec2-subnets", limit).await;
        let listed: Vec<_> = pages.concat().into_iter().map(|entry| entry.key).collect();
        assert_eq!(listed, [1, 5].map(|number| key("ec2-subnets", number).to_string()), "at {limit} a page");
    }
}

#[tokio::test]
async fn a_malformed_epoch_counts_as_none_and_is_made_again() {
    let (_folder, path) = file();
    let store = open(&path).await;
    for poison in [
        "incarnation = 'not a name'",
        "counter = -1",
        "marks = 'no JSON'",
        "marks = '[]'",
        "marks = '{\"*#*#*#*\":-1}'",
        "marks = '{\"*#*#*#*\":1.5}'",
    ] {
        store.create_epoch(Incarnation::new(0, 1)).await.expect("answers");
        run(&path, &format!("UPDATE epoch SET {poison}")).await;
        assert_eq!(store.read_epoch().await.expect("answers").value, None, "{poison}");
        assert_eq!(store.advance_epoch(&Selector::EVERYTHING).await.expect("answers").value, None, "{poison}");
        let created = store.create_epoch(Incarnation::new(0, 2)).await.expect("answers").value;
        assert_eq!(created, Epoch::first(Incarnation::new(0, 2)), "{poison}");
    }
    run(&path, "UPDATE epoch SET counter = 6, marks = '{\"of a newer version\":6,\"*#*#*#*\":2}'").await;
    let epoch = store.read_epoch().await.expect("answers").value.expect("well-formed");
    assert_eq!(epoch.marks, Marks::from([(Selector::EVERYTHING, 6)]));
}

#[cfg(unix)]
#[tokio::test]
async fn the_folder_is_made_for_the_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, _) = file();
    let path = folder.path().join("deep/er/cache.db");
    drop(open(&path).await);
    let mode = std::fs::metadata(path.parent().expect("a folder")).expect("made").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
