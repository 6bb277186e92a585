use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{Either, select};

use crate::{Accounts, FailureKind, FetchError, Waiting};

mod lookup;
mod pause;
mod reading;
mod slice;
mod turns;

pub use lookup::{Lookup, LookupBy, RecordedEvent, RecordedName};
use reading::Reading;
pub use slice::{KEPT_FOR, LATE_BY, OVERLAP, Slice};
use turns::Turns;

/// What reading events needs to be permitted, and the operation of the errors that speak of it.
pub(crate) const LOOKUP_EVENTS: &str = "cloudtrail:LookupEvents";

/// Asks CloudTrail which events it has recorded.
///
/// There is one in a process: AWS grants 2 requests per second to an account and region, and who asks takes his turn
/// here. Accounts and regions don't wait for each other.
pub struct LookupEvents {
    accounts: Arc<Accounts>,
    waiting: Arc<dyn Waiting>,
    turns: Turns,
    most_pages: usize,
}

impl LookupEvents {
    /// The most pages that a lookup may have where nothing else is configured: 50,000 events.
    pub const MOST_PAGES: usize = 1_000;

    /// Lookups with the credentials of these accounts. One of more than `most_pages` pages is an error.
    #[must_use]
    pub fn new(accounts: Arc<Accounts>, waiting: Arc<dyn Waiting>, most_pages: usize) -> Self {
        Self { accounts, turns: Turns::new(waiting.clone()), waiting, most_pages }
    }

    /// Every event of a lookup, each once, the oldest first; of one time, by id.
    ///
    /// What AWS throttles, does not answer or fails at is asked again, later each time, until `within` has passed. A page
    /// token that AWS takes no longer makes the lookup begin again.
    ///
    /// # Errors
    /// [`FailureKind::Throttled`] and whatever else the last request failed with, [`FailureKind::Timeout`] if `within`
    /// passed before the end was reached, [`FailureKind::EndlessPages`] for more pages than allowed,
    /// [`FailureKind::Malformed`] for an event without its id or text, and those of [`Accounts::aws_of`]. Never a part
    /// of the events.
    pub async fn every_event(&self, lookup: &Lookup, within: Duration) -> Result<Vec<RecordedEvent>, FetchError> {
        let until = self.waiting.elapsed().saturating_add(within);
        let reading = self.accounts.ask(&lookup.account, Some(lookup.region), |aws| async move {
            let client = aws.cloudtrail(lookup.region);
            Reading { client: &client, lookup, looking: self, until }.every_event().await
        });
        match select(Box::pin(reading), self.waiting.sleep(within)).await {
            Either::Left((events, _)) => events,
            Either::Right(_) => {
                let message = format!("the events were not read to the end in {} s", within.as_secs_f64());
                Err(FetchError::new(FailureKind::Timeout, LOOKUP_EVENTS, message))
            }
        }
    }
}

impl fmt::Debug for LookupEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookupEvents").field("most_pages", &self.most_pages).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
