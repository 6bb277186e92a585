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

/// What one page of LookupEvents holds: with no more of a name, twice the time is not twice the requests.
const FEW_EVENTS: usize = 50;

impl OfPlace<'_> {
    /// Reads the events that were not read yet into the ledger: those since `from`, the oldest first, and then as many of
    /// those before as there is time for. They tell what ran into the time that is asked for.
    pub(super) async fn read_events(&self, progress: &mut Progress, from: Second) -> Result<EventsRead, TableError> {
        let now = self.parts.now();
        let mut is_first = true;
        while let Some(slice) = progress.next_slice(from, now) {
            let is_wanted = slice.to > from.unix();
            match self.events_of(slice).await {
                Ok(Some(events)) => {
                    self.parts.ledger.add(&events.evidence).await?;
                    progress.cover(slice, now);
                    match events.most_of_a_name {
                        ..=FEW_EVENTS => progress.lengthen_slices(),
                        _ => progress.shorten_slices(),
                    }
                    self.parts.ledger.keep_progress(self.place, progress).await?;
                }
                Ok(None) => return Ok(EventsRead::InPart),
                // It goes forward, only not fast enough for this run.
                Err(error) if error.kind == FailureKind::Timeout => {
                    progress.shorten_slices();
                    self.parts.ledger.keep_progress(self.place, progress).await?;
                    return Ok(if is_first && is_wanted { EventsRead::Failed(error) } else { EventsRead::InPart });
                }
                Err(error) if is_wanted => return Ok(EventsRead::Failed(error)),
                Err(error) => {
                    tracing::warn!(place = %self.place, %error, "events before the month could not be read yet");
                    return Ok(EventsRead::InPart);
                }
            }
            is_first = false;
        }
        Ok(EventsRead::ToTheEnd)
    }

    /// What the events of a slice tell; `None` if there is no time left to read them.
    async fn events_of(&self, slice: Slice) -> Result<Option<Events>, FetchError> {
        let Some(within) = self.deadline.left_for_events() else { return Ok(None) };
        let lookups = RecordedName::ALL.map(|name| Lookup {
            account: self.place.account.clone(),
            region: self.place.region,
            by: LookupBy::Name(name),
            slice,
        });
        let events = try_join_all(lookups.iter().map(|lookup| self.parts.upstream.events(lookup, within))).await?;
        let evidence = events.iter().flatten().map(evidence_of).collect::<Result<Vec<_>, _>>()?;
        let most_of_a_name = events.iter().map(Vec::len).max().unwrap_or_default();
        Ok(Some(Events { evidence: evidence.into_iter().flatten().collect(), most_of_a_name }))
    }
}

/// The events of a slice.
struct Events {
    /// By instance.
    evidence: Vec<(String, Evidence)>,
    most_of_a_name: usize,
}

/// What it tells, by instance.
///
/// # Errors
/// [`FailureKind::Malformed`] for one that can't be read.
pub(in crate::runtime) fn evidence_of(event: &RecordedEvent) -> Result<Vec<(String, Evidence)>, FetchError> {
    match read_event(event.json.as_bytes()) {
        Ok(event) => match event.tells {
            Tells::Evidence(evidence) => Ok(evidence),
            Tells::NothingRecorded | Tells::Nothing | Tells::Refused(_) => Ok(Vec::new()),
        },
        Err(error) => {
            let message = format!("the event {}: {error}", event.id);
            Err(FetchError::new(FailureKind::Malformed, "cloudtrail:LookupEvents", message))
        }
    }
}
