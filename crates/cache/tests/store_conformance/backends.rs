//! The stores under test.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use larder_cache::store::{DynamoDbStore, InProcessStore, SqliteStore, Store};
use larder_cache::{Environment, Moment};
use larder_tests::{DynamoDbLocal, create_table};
use tempfile::TempDir;

/// A store of its own for one test, and what must outlive it.
pub(crate) struct Backend {
    pub(crate) store: Arc<dyn Store>,
    _folder: Option<TempDir>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    InProcess,
    Sqlite,
    DynamoDb,
}

impl Kind {
    pub(crate) async fn make(self) -> Backend {
        match self {
            Self::InProcess => Backend { store: Arc::new(InProcessStore::new()), _folder: None },
            Self::Sqlite => {
                let folder = tempfile::tempdir().expect("a folder");
                let store = SqliteStore::open(&folder.path().join("cache.db")).await.expect("a fresh file");
                Backend { store: Arc::new(store), _folder: Some(folder) }
            }
            Self::DynamoDb => Backend { store: Arc::new(dynamodb().await.0), _folder: None },
        }
    }
}

/// A store in a fresh table, with a client for what the port can't do, and the table's name.
pub(crate) async fn dynamodb() -> (DynamoDbStore, aws_sdk_dynamodb::Client, String) {
    static TABLES: AtomicU64 = AtomicU64::new(0);
    let client = DynamoDbLocal::shared().await.client();
    let table = format!("conformance-{}", TABLES.fetch_add(1, Ordering::Relaxed));
    create_table(&client, &table).await.expect("a fresh table");
    (DynamoDbStore::new(client.clone(), table.clone(), Arc::new(Hasty::default())), client, table)
}

/// An environment whose sleeps are over at once, and counted.
#[derive(Default)]
pub(crate) struct Hasty {
    pub(crate) sleeps: AtomicU64,
}

impl Environment for Hasty {
    fn now(&self) -> Moment {
        Moment { wall: Duration::from_secs(4_100_000_000), monotonic: Duration::ZERO }
    }

    fn sleep(&self, _duration: Duration) -> BoxFuture<'static, ()> {
        self.sleeps.fetch_add(1, Ordering::Relaxed);
        std::future::ready(()).boxed()
    }

    fn spawn(&self, work: BoxFuture<'static, ()>) {
        tokio::spawn(work);
    }

    fn random(&self) -> u64 {
        7
    }
}
