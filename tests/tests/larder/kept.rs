//! Where the processes of a test keep what they fetched, and the door that comes with it.

use crate::cloud::table;
use crate::door::Door;
use crate::sqlite_file::SqliteFile;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum StoreKind {
    Memory,
    Sqlite,
    DynamoDb,
}

/// A store of a test's own, empty at first. It goes with this.
pub(crate) enum Kept {
    /// By one process of `larder serve`, for itself.
    Memory,
    /// By `larder serve`.
    File(SqliteFile),
    /// By `query-handler`.
    Table { name: String, endpoint: &'static str },
}

impl Kept {
    pub(crate) async fn new(kind: StoreKind) -> Self {
        match kind {
            StoreKind::Memory => Self::Memory,
            StoreKind::Sqlite => Self::File(SqliteFile::new()),
            StoreKind::DynamoDb => {
                let (name, endpoint) = table().await;
                Self::Table { name, endpoint }
            }
        }
    }

    /// A new process on it.
    pub(crate) async fn open(&self, env: &[(&str, String)]) -> Door {
        match self {
            Self::Memory => Door::serve(&["--store", "memory"], env).await,
            Self::File(file) => Door::serve(&["--store", &file.store()], env).await,
            Self::Table { name, endpoint } => {
                let ours = [("CACHE_TABLE_NAME", name.clone()), ("AWS_ENDPOINT_URL_DYNAMODB", (*endpoint).to_owned())];
                Door::function(&[env, &ours].concat()).await
            }
        }
    }
}
