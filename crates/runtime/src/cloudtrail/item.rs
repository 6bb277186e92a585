use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::record::{Event, NotAnEvent, Tells, read_event};
use crate::evidence::{Changed, Evidence};
use crate::second::Second;
use crate::state::InstanceState;

/// What an event may be wrapped in.
#[derive(Deserialize)]
struct Wrapping<'a> {
    /// An entry of LookupEvents has the event as a text.
    #[serde(rename = "CloudTrailEvent", borrow, default)]
    lookup: Option<Cow<'a, str>>,
    /// EventBridge has it as an object.
    #[serde(borrow, default)]
    detail: Option<&'a RawValue>,
    #[serde(rename = "detail-type", borrow, default)]
    detail_type: Option<Cow<'a, str>>,
    /// When EventBridge got it.
    #[serde(default)]
    time: Option<Second>,
}

/// EventBridge's notification that an instance changed its state.
#[derive(Deserialize)]
struct Notification<'a> {
    id: String,
    time: Second,
    account: String,
    region: String,
    #[serde(borrow)]
    detail: Detail<'a>,
}

#[derive(Deserialize)]
struct Detail<'a> {
    #[serde(rename = "instance-id", borrow)]
    instance_id: Cow<'a, str>,
    state: InstanceState,
}

/// Reads an item: an event as it is delivered, as LookupEvents has it, or as EventBridge wraps it; or a notification of
/// EventBridge that an instance changed its state.
///
/// # Errors
/// [`NotAnEvent`].
pub fn read_item(json: &[u8]) -> Result<Event, NotAnEvent> {
    // Most are not wrapped in anything.
    read_event(json).or_else(|not_an_event| match serde_json::from_slice(json)? {
        Wrapping { lookup: Some(text), .. } => read_event(text.as_bytes()),
        Wrapping { detail_type: Some(kind), .. } if kind == "EC2 Instance State-change Notification" => {
            read_notification(json)
        }
        Wrapping { detail: Some(detail), time, .. } => {
            let event = read_event(detail.get().as_bytes());
            // Of another kind, which tells nothing of starts and ends.
            let other = |time| Event { time, account_id: None, region: None, tells: Tells::NothingRecorded };
            event.or_else(|error| time.map(other).filter(|_| !names_an_event(detail)).ok_or(error))
        }
        Wrapping { detail: None, .. } => Err(not_an_event),
    })
}

/// Whether it is one of CloudTrail's, though it could not be read.
fn names_an_event(detail: &RawValue) -> bool {
    detail.get().contains("\"eventName\"")
}

/// Reads a notification of EventBridge that an instance changed its state.
///
/// # Errors
/// [`NotAnEvent`].
fn read_notification(json: &[u8]) -> Result<Event, NotAnEvent> {
    let Notification { id, time, account, region, detail } = serde_json::from_slice(json)?;
    let changed = Evidence::Changed(Changed { time, state: detail.state, event_id: id });
    let tells = Tells::Evidence(vec![(detail.instance_id.into_owned(), changed)]);
    Ok(Event { time, account_id: Some(account), region: Some(region), tells })
}
