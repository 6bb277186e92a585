use std::fmt;

use async_trait::async_trait;
use larder_runtime::{Answer, Month, Second, Server};
use serde::{Deserialize, Serialize};

use super::TableError;

mod dynamodb;
mod in_items;

pub use dynamodb::DynamoDbServers;
pub use in_items::ServersInItems;

/// An answer as it is kept beside its server, and told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// What it says.
    #[serde(flatten)]
    pub answer: Answer,
    /// When it was worked out; `None` where it was for whoever asked just now, or where nothing is known of the month.
    pub timestamp: Option<Second>,
}

/// The port to the servers table. Its items may have more than ours, which is left alone.
#[async_trait]
pub trait ServersTable: fmt::Debug + Send + Sync + 'static {
    /// Keeps an answer, unless a later one is there.
    ///
    /// # Errors
    /// If the table can't be written.
    async fn keep(&self, kept: &KeptAnswer) -> Result<(), TableError>;

    /// CloudTrail could not be read: the answer of the month counts on as an earlier one. One of an earlier month gives
    /// way to none.
    ///
    /// # Errors
    /// If the table can't be written.
    async fn make_stale(&self, server: &Server, month: Month, now: Second) -> Result<(), TableError>;

    /// What is kept beside a server.
    ///
    /// # Errors
    /// If the table can't be read.
    async fn get(&self, instance_id: &str) -> Result<Option<KeptAnswer>, TableError>;
}

impl KeptAnswer {
    /// Nothing is known of the month.
    pub(crate) fn unknown(server: Server, month: Month, now: Second) -> Self {
        let answer = Answer {
            server,
            month,
            minutes: None,
            lower_minutes: None,
            upper_minutes: None,
            quality: larder_runtime::Quality::Stale,
            approximate_endpoints: 0,
            billed_seconds: None,
            as_of: now,
            window_from: month.span().from,
            window_to: now,
            source_watermark: None,
        };
        Self { answer, timestamp: None }
    }
}

#[cfg(test)]
mod tests;
