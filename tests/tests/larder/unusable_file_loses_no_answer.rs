use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use rstest::rstest;
use sqlx::Connection;

use crate::door::Door;
use crate::filled_file::{FilledFile, PATH, stop};
use crate::sqlite_file::{SqliteFile, run};

const OTHER: &str = "/ec2/subnets?region=us-west-2";

/// That AWS answers everything, that `/health` says why in these words, and that the file is left as it is.
async fn assert_served_without(world: &FilledFile, door: &Door, why: &str) {
    let before = fs::read(world.file.path()).ok();
    for _ in 0..2 {
        let calls = world.cloud.calls();
        let reply = door.get(PATH).await;
        assert_eq!((reply.status, &reply.text), (200, &world.fresh.text), "{reply:?}");
        assert!(reply.cache_status().starts_with("larder; fwd=bypass; ttl="), "{}", reply.cache_status());
        assert!(world.cloud.calls() > calls);
    }
    let health = door.get("/health").await;
    assert_eq!((health.status, health.json()["store"].as_str()), (200, Some("absent")), "{health:?}");
    let reason = health.json()["reason"].as_str().expect("a reason").to_owned();
    assert!(reason.contains(why) && reason.contains("cache.sqlite"), "{reason}");
    let refused = door.invalidate("{}").await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "STORE_UNAVAILABLE"), "{refused:?}");
    assert_eq!(fs::read(world.file.path()).ok(), before);
    assert!(world.file.set_aside().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn locked_by_another_program_from_the_start() {
    let world = FilledFile::new().await;
    let mut other = world.file.connect().await;
    run(&mut other, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE lease SET ttl = ttl").await;
    let door = world.open().await;
    assert_served_without(&world, &door, "is locked by another program").await;
    other.close().await.expect("it closes");
    world.assert_nothing_lost().await;
}

/// Reading goes on; what can't be written is counted, and an invalidation that can't be is no 200.
#[tokio::test(flavor = "multi_thread")]
async fn locked_by_another_program_in_between() {
    let world = FilledFile::new().await;
    let door = world.open().await;
    let mut other = world.file.connect().await;
    run(&mut other, "BEGIN IMMEDIATE").await;
    let stored = door.get(PATH).await;
    assert!(stored.cache_status().ends_with("detail=store"), "{}", stored.cache_status());
    let fetched = door.get(OTHER).await;
    assert_eq!(fetched.status, 200, "{fetched:?}");
    assert_eq!(door.get("/health").await.json()["failedWrites"], 1);
    for (path, first) in [(PATH, &stored), (OTHER, &fetched)] {
        let again = door.get(path).await;
        assert!(again.cache_status().ends_with("detail=memory"), "{}", again.cache_status());
        assert_eq!(again.text, first.text);
    }
    let refused = door.invalidate("{}").await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "STORE_UNAVAILABLE"), "{refused:?}");
    run(&mut other, "COMMIT").await;
    assert_eq!(door.invalidate("{}").await.status, 200);
    let refetched = door.get(OTHER).await;
    assert!(refetched.cache_status().starts_with("larder; fwd=miss; stored; "), "{}", refetched.cache_status());
    assert_eq!(door.get("/health").await.json()["failedWrites"], 1, "this one was written");
}

/// What makes permissions bind the program: root, who owns the files, is let go without the right to pass them over.
fn bound_by_permissions(folder: &Path) -> &'static [&'static str] {
    let is_root = fs::metadata(folder).expect("a folder").uid() == 0;
    if is_root { &["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] } else { &[] }
}

/// The permissions of a file and of its folder while a test runs; both are the owner's again when this is dropped, so that
/// a test that fails leaves no folder that can't be removed.
struct Permitted<'a>(&'a SqliteFile);

impl<'a> Permitted<'a> {
    fn only(file: &'a SqliteFile, of_file: u32, of_folder: u32) -> Self {
        let permitted = Self(file);
        permitted.set(of_file, of_folder).expect("ours");
        permitted
    }

    fn set(&self, of_file: u32, of_folder: u32) -> io::Result<()> {
        // The folder last, since it may close the way to the file, and first when it opens that.
        fs::set_permissions(self.0.folder(), Permissions::from_mode(0o755))?;
        fs::set_permissions(self.0.path(), Permissions::from_mode(of_file))?;
        fs::set_permissions(self.0.folder(), Permissions::from_mode(of_folder))
    }
}

impl Drop for Permitted<'_> {
    fn drop(&mut self) {
        let restored = self.set(0o644, 0o755);
        assert!(restored.is_ok() || std::thread::panicking(), "{restored:?}");
    }
}

/// As a file system that is mounted read-only does, permissions forbid writing to the file, or making one beside it.
#[rstest]
#[case(0o444, 0o755, "is read-only")]
#[case(0o644, 0o555, "Permission denied")]
#[case(0o000, 0o755, "cannot be opened")]
#[tokio::test(flavor = "multi_thread")]
async fn read_only(#[case] file: u32, #[case] folder: u32, #[case] why: &str) {
    let world = FilledFile::new().await;
    let wrapper = bound_by_permissions(world.file.folder());
    fs::remove_file(world.file.path().with_extension("sqlite.lock")).expect("it is there");
    let permitted = Permitted::only(&world.file, file, folder);
    let door = world.open_under(wrapper).await;
    assert_served_without(&world, &door, why).await;
    drop((door, permitted));
    world.assert_nothing_lost().await;
}

/// No file may grow beyond so many blocks, as if the disk were full then.
fn limited_to(blocks: &str) -> [&str; 4] {
    ["sh", "-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"", blocks]
}

#[tokio::test(flavor = "multi_thread")]
async fn without_room_from_the_start() {
    let world = FilledFile::new().await;
    let door = world.open_under(&limited_to("0")).await;
    assert_served_without(&world, &door, "failed").await;
    drop(door);
    world.assert_nothing_lost().await;
}

/// Everything is answered and remembered, what finds no room is counted, and no half of it is left.
#[tokio::test(flavor = "multi_thread")]
async fn without_room_after_a_while() {
    let world = FilledFile::new().await;
    let door = world.open_under(&limited_to("200")).await;
    let regions = world.cloud.standin.fleet().regions();
    let types = ["/ec2/instance-types", "/ec2/security-groups", "/drs/source-servers"];
    let paths: Vec<_> =
        types.iter().flat_map(|path| regions.iter().map(move |region| format!("{path}?region={region}"))).collect();
    for path in &paths {
        let reply = door.get(path).await;
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
    }
    let health = door.get("/health").await.json();
    assert!(health["failedWrites"].as_u64().is_some_and(|failed| failed > 0), "{health}");
    let warnings = door.program().log().iter().filter(|line| line.contains("can't be written")).count();
    assert_eq!(warnings, 1, "said once: {:?}", door.program().log());
    for path in &paths {
        let again = door.get(path).await;
        assert!(again.cache_status().ends_with("detail=memory"), "{path}: {}", again.cache_status());
    }
    let refused = door.invalidate("{}").await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "STORE_UNAVAILABLE"), "{refused:?}");
    stop(door).await;

    world.assert_nothing_lost().await;
    let door = world.open().await;
    let mut found = 0;
    for path in &paths {
        let cached = door.cached(path).await;
        assert!([200, 504].contains(&cached.status), "{path}: {cached:?}");
        found += usize::from(cached.status == 200);
    }
    assert!(found < paths.len(), "some found no room");
    for counter in ["malformed", "corrupt", "chunkMissing"] {
        assert_eq!(door.counted(counter).await, 0, "{counter}");
    }
    assert!(world.file.set_aside().is_empty());
}
