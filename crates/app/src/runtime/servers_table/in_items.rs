use std::sync::Arc;

use async_trait::async_trait;
use larder_runtime::{Month, Quality, Second, Server};

use super::{KeptAnswer, ServersTable};
use crate::runtime::{Item, Items, TableError};

/// The servers of a laptop, which has no servers table: beside everything else that is kept of running minutes.
const HASH: &str = "servers";

/// Answers as items of the runtime table.
#[derive(Debug)]
pub struct ServersInItems {
    items: Arc<dyn Items>,
}

impl ServersInItems {
    /// Answers in that table.
    #[must_use]
    pub fn new(items: Arc<dyn Items>) -> Self {
        Self { items }
    }

    /// Puts what `next` makes of the answer that is there, as often as somebody else was faster.
    async fn change(
        &self,
        id: &str,
        next: impl Fn(Option<KeptAnswer>) -> Option<KeptAnswer> + Send + Sync,
    ) -> Result<(), TableError> {
        loop {
            let item = self.items.get(HASH, id).await?;
            let kept = item.as_ref().map(read).transpose()?;
            let Some(next) = next(kept) else { return Ok(()) };
            let version = item.map(|item| item.version);
            let body = serde_json::to_string(&next).map_err(|error| unreadable(id, &error))?;
            let next = version.map_or(1, |version| version.wrapping_add(1));
            let next = Item { hash: HASH.to_owned(), range: id.to_owned(), body, version: next, expires: None };
            if self.items.replace(next, version).await? {
                return Ok(());
            }
        }
    }
}

#[async_trait]
impl ServersTable for ServersInItems {
    async fn keep(&self, kept: &KeptAnswer) -> Result<(), TableError> {
        let is_later = |there: &KeptAnswer| there.answer.as_of > kept.answer.as_of;
        let id = &kept.answer.server.instance_id;
        self.change(id, |there| (!there.is_some_and(|there| is_later(&there))).then(|| kept.clone())).await
    }

    async fn make_stale(&self, server: &Server, month: Month, now: Second) -> Result<(), TableError> {
        let stale = |there: Option<KeptAnswer>| match there {
            Some(mut there) if there.answer.month >= month => {
                there.answer.quality = Quality::Stale;
                there
            }
            _ => KeptAnswer::unknown(server.clone(), month, now),
        };
        self.change(&server.instance_id, |there| Some(stale(there))).await
    }

    async fn get(&self, instance_id: &str) -> Result<Option<KeptAnswer>, TableError> {
        self.items.get(HASH, instance_id).await?.as_ref().map(read).transpose()
    }

    async fn all(&self) -> Result<Vec<KeptAnswer>, TableError> {
        self.items.between(HASH, "", "~").await?.iter().map(read).collect()
    }
}

fn read(item: &Item) -> Result<KeptAnswer, TableError> {
    serde_json::from_str(&item.body).map_err(|error| unreadable(&item.range, &error))
}

fn unreadable(id: &str, error: &serde_json::Error) -> TableError {
    TableError { table: "the runtime file".to_owned(), reason: format!("the answer of {id}: {error}") }
}
