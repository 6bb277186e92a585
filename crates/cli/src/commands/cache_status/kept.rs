use larder_app::{App, EntriesPage, Principal, Stats};

use crate::server::Server;

const PAGE: usize = 1_000;

/// Where it is asked what is kept.
pub(super) enum Kept {
    /// The store itself, in this process.
    InStore(App),
    /// A running server, which may have a store that nobody else can open: its memory.
    ByServer(Server),
}

impl Kept {
    /// Who is asked, for people.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::InStore(_) => "the store",
            Self::ByServer(server) => server.url(),
        }
    }

    /// How the store is, and what the process counted.
    pub(super) async fn stats(&self) -> anyhow::Result<Stats> {
        match self {
            Self::InStore(app) => Ok(app.stats()),
            Self::ByServer(server) => server.stats().await,
        }
    }

    /// The next page of what the store holds.
    pub(super) async fn page(&self, cursor: Option<&str>) -> anyhow::Result<EntriesPage> {
        match self {
            Self::InStore(app) => Ok(app.entries().page(&Principal::local(), None, cursor, PAGE).await?),
            Self::ByServer(server) => server.entries(cursor).await,
        }
    }
}
