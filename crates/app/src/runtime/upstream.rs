use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use larder_sources::{AskedServers, FetchError, Lookup, RecordedEvent, Server};

use super::{Failure, Place};

mod aws;
mod waiting;

pub use aws::AwsUpstream;

/// The port to AWS, for running minutes.
#[async_trait]
pub trait Upstream: fmt::Debug + Send + Sync + 'static {
    /// Every configured account and region, and what is not known of them.
    async fn places(&self) -> Places;

    /// Every event of a lookup, the oldest first.
    ///
    /// # Errors
    /// As [`larder_sources::LookupEvents::every_event`].
    async fn events(&self, lookup: &Lookup, within: Duration) -> Result<Vec<RecordedEvent>, FetchError>;

    /// The servers of a place that have the app tag.
    ///
    /// # Errors
    /// As [`larder_sources::servers_with`].
    async fn tagged(&self, place: &Place) -> Result<Vec<Server>, FetchError>;

    /// The servers of a place that have these ids.
    ///
    /// # Errors
    /// As [`larder_sources::servers_by_id`].
    async fn by_id(&self, place: &Place, ids: BTreeSet<String>) -> Result<AskedServers, FetchError>;
}

/// Where servers may be.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// By account and region.
    pub known: BTreeSet<Place>,
    /// Which accounts, or whose regions, could not be told, and why; `None` where it may be any account.
    pub failed: Vec<(Option<String>, Failure)>,
}
