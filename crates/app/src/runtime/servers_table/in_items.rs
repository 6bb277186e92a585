use std::sync::Arc;

use async_trait::async_trait;
use larder_runtime::{Month, Second, Server};

use super::{KeptAnswer, ServersTable};
use crate::runtime::answer_items::AnswerItems;
use crate::runtime::{Items, TableError};

/// The servers of a laptop, which has no servers table: beside everything else that is kept of running minutes.
const HASH: &str = "servers";

/// Answers as items of the runtime table.
#[derive(Debug)]
pub struct ServersInItems(AnswerItems);

impl ServersInItems {
    /// Answers in that table.
    #[must_use]
    pub fn new(items: Arc<dyn Items>) -> Self {
        Self(AnswerItems::new(items))
    }
}

#[async_trait]
impl ServersTable for ServersInItems {
    async fn keep(&self, kept: &KeptAnswer) -> Result<(), TableError> {
        self.0.keep(HASH, &kept.answer.server.instance_id, kept).await
    }

    async fn make_stale(&self, server: &Server, month: Month, now: Second) -> Result<(), TableError> {
        self.0.make_stale(HASH, &server.instance_id, (server, month, now)).await
    }

    async fn get(&self, instance_id: &str) -> Result<Option<KeptAnswer>, TableError> {
        self.0.get(HASH, instance_id).await
    }
}
