use rstest::rstest;

use crate::backends::{Database, run};
use crate::samples::{check_sound, instance, keep};
use crate::tables::everything;

#[rstest]
#[tokio::test]
async fn whether_a_sync_could_be_kept_is_found_out_and_leaves_nothing(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let backend = database.make().await;
    let history = backend.history.as_ref();
    history.check_writable().await.expect("a fresh one can be written to");
    keep(history, "2026-11-01T10:00:00Z", &[instance("i-1", "running")]).await;
    let before = everything(history).await;
    let (one, other) = tokio::join!(history.check_writable(), history.check_writable());
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    assert_eq!(everything(history).await, before);
    check_sound(history).await;
    run(&backend.url, "ALTER TABLE resources RENAME COLUMN digest TO sum").await;
    assert!(history.check_writable().await.is_err(), "no sync could be kept");
}
