use std::sync::Arc;
use std::time::Duration;

use larder_cache::{Environment, Moment};
use larder_sources::{AccountId, Region};
use tokio::sync::Mutex;

use crate::problem::{Code, Problem};
use crate::runtime::{Place, Places, RuntimeParts, Upstream};

/// How long a look tells that a place is there: events come in bursts, and the registry changes rarely.
const KNOWN_FOR: Duration = Duration::from_mins(5);
/// How long one tells that a place is not there: it may be registered any moment, and its events count from then on.
const UNKNOWN_FOR: Duration = Duration::from_secs(10);

/// Tells which accounts and regions are ours, and remembers it for a while.
pub(super) struct Registry {
    upstream: Arc<dyn Upstream>,
    environment: Arc<dyn Environment>,
    look: Mutex<Option<Look>>,
}

struct Look {
    at: Moment,
    places: Places,
}

impl Registry {
    pub(super) fn new(parts: &RuntimeParts) -> Self {
        Self { upstream: parts.upstream.clone(), environment: parts.environment.clone(), look: Mutex::default() }
    }

    /// Whether an account is registered, with that region if one is given.
    ///
    /// # Errors
    /// [`Code::UpstreamUnavailable`] where nobody can tell: it must not be taken for unknown.
    pub(super) async fn knows(&self, account: &AccountId, region: Option<Region>) -> Result<bool, Problem> {
        let is_it = |place: &Place| place.account == *account && region.is_none_or(|region| place.region == region);
        // Who waits here finds the other's look.
        let mut look = self.look.lock().await;
        if let Some(Look { at, places }) = &*look {
            let age = self.environment.now().since(*at);
            if age < KNOWN_FOR && places.known.iter().any(is_it) {
                return Ok(true);
            }
            if age < UNKNOWN_FOR {
                return is_told(places, account).map(|()| false);
            }
        }
        let at = self.environment.now();
        let places = self.upstream.places().await;
        let Look { places, .. } = look.insert(Look { at, places });
        if places.known.iter().any(is_it) {
            return Ok(true);
        }
        is_told(places, account).map(|()| false)
    }
}

/// Whether all that there is of an account is among the known places.
fn is_told(places: &Places, account: &AccountId) -> Result<(), Problem> {
    let concerns = |whose: &Option<String>| whose.as_ref().is_none_or(|whose| whose == account.as_str());
    match places.failed.iter().find(|(whose, _)| concerns(whose)) {
        None => Ok(()),
        Some((_, reason)) => {
            let detail = format!("Whether the account {account} is registered can't be told: {reason}.");
            Err(Problem::new(Code::UpstreamUnavailable, detail))
        }
    }
}

#[cfg(test)]
mod tests;
