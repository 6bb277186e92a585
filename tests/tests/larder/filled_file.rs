//! A cache file that a process has filled and left.

use crate::cloud::{Cloud, FIRST};
use crate::door::{Door, Reply};
use crate::sqlite_file::SqliteFile;

/// What has been asked for.
pub(crate) const PATH: &str = "/ec2/subnets?region=us-east-1";

/// A cloud, and a cache file that an earlier process has filled.
pub(crate) struct FilledFile {
    pub(crate) cloud: Cloud,
    pub(crate) file: SqliteFile,
    /// What that process answered to [`PATH`].
    pub(crate) fresh: Reply,
}

impl FilledFile {
    pub(crate) async fn new() -> Self {
        let (cloud, file) = (Cloud::start().await, SqliteFile::new());
        let door = Door::serve(&["--store", &file.store()], &cloud.env(FIRST, &[])).await;
        let fresh = door.get(PATH).await;
        assert_eq!(fresh.status, 200, "{fresh:?}");
        stop(door).await;
        // All into the file itself, from the log beside it.
        file.run("PRAGMA wal_checkpoint(TRUNCATE)").await;
        Self { cloud, file, fresh }
    }

    /// Another process on it, strict.
    pub(crate) async fn open(&self) -> Door {
        self.open_under(&[]).await
    }

    /// The same by way of another command that becomes it.
    pub(crate) async fn open_under(&self, wrapper: &[&str]) -> Door {
        let env = self.cloud.env(FIRST, &[("LARDER_COHERENCE_WINDOW_MS", "0")]);
        Door::serve_under(wrapper, &["--store", &self.file.store()], &env).await
    }

    /// That what was filled first is there, for the next process.
    pub(crate) async fn assert_nothing_lost(&self) {
        let reply = self.open().await.get(PATH).await;
        assert!(reply.cache_status().ends_with("detail=store"), "{}", reply.cache_status());
        assert_eq!(reply.text, self.fresh.text);
    }
}

/// Has it end well.
pub(crate) async fn stop(door: Door) {
    let program = door.into_program();
    program.terminate().expect("it runs");
    assert_eq!(program.finish().await.expect("it ends").status.code(), Some(0));
}
