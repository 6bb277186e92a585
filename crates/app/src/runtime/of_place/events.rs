use futures::future::try_join_all;
use larder_runtime::cloudtrail::{Event, Tells, read_event};
use larder_runtime::{Evidence, Second};
use larder_sources::{FailureKind, FetchError, Lookup, LookupBy, RecordedEvent, RecordedName, Slice};
use serde::Deserialize;

use super::OfPlace;
use crate::runtime::report::PlaceReport;
use crate::runtime::{Failure, Progress, TableError};

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
    pub(super) async fn read_events(
        &self,
        progress: &mut Progress,
        from: Second,
        report: &mut PlaceReport,
    ) -> Result<EventsRead, TableError> {
        let now = self.parts.now();
        let mut is_first = true;
        while let Some(slice) = progress.next_slice(from, now) {
            let is_wanted = slice.to > from.unix();
            match self.events_of(slice).await {
                Ok(Some(events)) => {
                    self.parts.ledger.add(&events.evidence).await?;
                    for Unreadable { time, failure } in events.unreadable {
                        progress.lose(slice, time);
                        report.fail(self.place, failure, Vec::new());
                    }
                    progress.cover(slice, now);
                    match events.most_of_a_name {
                        ..=FEW_EVENTS => progress.lengthen_slices(),
                        _ => progress.shorten_slices(),
                    }
                    self.parts.ledger.keep_progress(self.place, progress).await?;
                }
                Ok(None) => return Ok(EventsRead::InPart),
                Err(error) => {
                    // Whatever it was, less is lost the next time.
                    progress.shorten_slices();
                    // It goes forward, only not fast enough for this run.
                    if error.kind == FailureKind::Timeout && !is_first {
                        return Ok(EventsRead::InPart);
                    }
                    if is_wanted {
                        return Ok(EventsRead::Failed(error));
                    }
                    report.fail(self.place, &error, Vec::new());
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
        let most_of_a_name = events.iter().map(Vec::len).max().unwrap_or_default();
        let (evidence, unreadable) = told_by(events.iter().flatten());
        Ok(Some(Events { evidence, unreadable, most_of_a_name }))
    }
}

/// The events of a slice.
struct Events {
    /// By instance.
    evidence: Vec<(String, Evidence)>,
    unreadable: Vec<Unreadable>,
    most_of_a_name: usize,
}

/// An event that can't be read. AWS cuts off what is too large.
pub(in crate::runtime) struct Unreadable {
    /// When it was, if at least that can be read.
    pub(in crate::runtime) time: Option<Second>,
    pub(in crate::runtime) failure: Failure,
}

/// What events tell, by instance, and those that can't be read.
pub(in crate::runtime) fn told_by<'a>(
    events: impl IntoIterator<Item = &'a RecordedEvent>,
) -> (Vec<(String, Evidence)>, Vec<Unreadable>) {
    let (mut told, mut unreadable) = (Vec::new(), Vec::new());
    for event in events {
        match read_event(event.json.as_bytes()) {
            Ok(Event { tells: Tells::Evidence(evidence), .. }) => told.extend(evidence),
            Ok(_) => {}
            Err(error) => {
                let time =
                    serde_json::from_str(&event.json).ok().and_then(|Timed { event_time }| event_time.parse().ok());
                unreadable.push(Unreadable { time, failure: Failure::unreadable_event(&event.id, &error) });
            }
        }
    }
    (told, unreadable)
}

/// What can still be read of an event of which something else can't.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Timed {
    event_time: String,
}
