use futures::future::try_join_all;
use larder_runtime::cloudtrail::{Tells, read_event};
use larder_runtime::{Evidence, Second};
use larder_sources::{FailureKind, FetchError, Lookup, LookupBy, RecordedEvent, RecordedName, Slice};

use super::OfPlace;
use crate::runtime::{Progress, TableError};

/// What became of the events that were to be read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum EventsRead {
    /// All that there can be are in the ledger.
    ToTheEnd,
    /// The deadline came first: those that are in the ledger are complete as far as the progress says.
    InPart,
    /// CloudTrail failed.
    Failed(FetchError),
}

impl OfPlace<'_> {
    /// Reads the events since `from` that were not read yet, the oldest first, into the ledger.
    pub(super) async fn read_events(&self, progress: &mut Progress, from: Second) -> Result<EventsRead, TableError> {
        let now = self.parts.now();
        progress.wanted_from = Some(progress.wanted_from.map_or(from, |before| before.min(from)));
        for (index, slice) in progress.left_to_read(from, now).into_iter().enumerate() {
            match self.events_of(slice).await {
                Ok(Some(evidence)) => {
                    self.parts.ledger.add(&evidence).await?;
                    progress.cover(slice, now);
                    self.parts.ledger.keep_progress(self.place, progress).await?;
                }
                Ok(None) => return Ok(EventsRead::InPart),
                // It goes forward, only not fast enough for this run.
                Err(error) if error.kind == FailureKind::Timeout && index > 0 => return Ok(EventsRead::InPart),
                Err(error) => return Ok(EventsRead::Failed(error)),
            }
        }
        Ok(EventsRead::ToTheEnd)
    }

    /// What the events of a slice tell, by instance; `None` if there is no time left to read them.
    async fn events_of(&self, slice: Slice) -> Result<Option<Vec<(String, Evidence)>>, FetchError> {
        let Some(within) = self.deadline.left_for_events() else { return Ok(None) };
        let lookups = RecordedName::ALL.map(|name| Lookup {
            account: self.place.account.clone(),
            region: self.place.region,
            by: LookupBy::Name(name),
            slice,
        });
        let events = try_join_all(lookups.iter().map(|lookup| self.parts.upstream.events(lookup, within))).await?;
        let evidence = events.iter().flatten().map(evidence_of).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(evidence.into_iter().flatten().collect()))
    }
}

fn evidence_of(event: &RecordedEvent) -> Result<Vec<(String, Evidence)>, FetchError> {
    match read_event(event.json.as_bytes()) {
        Ok(event) => match event.tells {
            Tells::Evidence(evidence) => Ok(evidence),
            Tells::Nothing | Tells::Refused => Ok(Vec::new()),
        },
        Err(error) => {
            let message = format!("the event {}: {error}", event.id);
            Err(FetchError::new(FailureKind::Malformed, "cloudtrail:LookupEvents", message))
        }
    }
}
