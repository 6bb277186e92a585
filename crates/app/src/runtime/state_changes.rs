use larder_runtime::{Changed, Evidence, Month};

use super::of_server::{OfServer, WorkedOut};
use super::{KeptAnswer, Place, RuntimeParts, TableError};

/// Takes what EventBridge tells of the states of instances, as it comes: late, twice, or in another order.
#[derive(Clone, Debug)]
pub struct StateChanges(RuntimeParts);

impl StateChanges {
    /// Nothing is asked yet.
    #[must_use]
    pub fn new(parts: RuntimeParts) -> Self {
        Self(parts)
    }

    /// Adds a change to the ledger and works out at once how long its server ran this month, by where CloudTrail was
    /// read. `None` of an instance that is no server there yet, and where CloudTrail was not read yet: those wait for the
    /// hourly run.
    ///
    /// # Errors
    /// If a table can't be read or written; the same change may come again then.
    pub async fn take(&self, place: &Place, id: &str, changed: Changed) -> Result<Option<KeptAnswer>, TableError> {
        let Self(parts) = self;
        parts.ledger.add(&[(id.to_owned(), Evidence::Changed(changed))]).await?;
        if !parts.ledger.has_server(place, id).await? {
            return Ok(None);
        }
        loop {
            let of_server = OfServer { parts, place, id, as_of: parts.now() };
            let before = of_server.before(&[Month::of(of_server.as_of)]).await?;
            let progress = parts.ledger.progress(place).await?;
            if progress.watermark().is_none() {
                return Ok(None);
            }
            if let Some(WorkedOut { kept, .. }) = of_server.keep(&before, &progress, &|_| false).await? {
                return Ok(kept);
            }
        }
    }
}
