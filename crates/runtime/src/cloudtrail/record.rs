use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::evidence::{Act, Evidence, Recorded};
use crate::second::Second;
use crate::state::InstanceState;

/// The names of the events that tell of starts and ends: what to look up.
pub const EVENT_NAMES: [&str; 5] =
    ["RunInstances", "StartInstances", "StopInstances", "TerminateInstances", "BidEvictedEvent"];

/// An event that CloudTrail recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its `eventTime`.
    pub time: Second,
    /// Whose it is: its `recipientAccountId`, or whoever called.
    pub account_id: Option<String>,
    /// Its `awsRegion`.
    pub region: Option<String>,
    /// What it tells.
    pub tells: Tells,
}

/// What an event tells of instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tells {
    /// Nothing: it is of another name.
    Nothing,
    /// A start or end that was asked for and refused, or only tried.
    Refused,
    /// By instance id.
    Evidence(Vec<(String, Evidence)>),
}

/// A text that is no event of CloudTrail.
#[derive(Debug, thiserror::Error)]
#[error("it is no event of CloudTrail: {0}")]
pub struct NotAnEvent(#[from] serde_json::Error);

/// An event as it is delivered. What only few events are asked for stays as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    #[serde(borrow)]
    event_name: Cow<'a, str>,
    event_time: Second,
    #[serde(rename = "eventID", borrow)]
    event_id: Cow<'a, str>,
    #[serde(borrow, default)]
    aws_region: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    recipient_account_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    user_identity: Option<&'a RawValue>,
    #[serde(default)]
    error_code: Option<IgnoredAny>,
    #[serde(borrow, default)]
    response_elements: Option<&'a RawValue>,
    #[serde(borrow, default)]
    service_event_details: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserIdentity {
    account_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResponseElements {
    instances_set: Instances,
}

#[derive(Deserialize)]
struct Instances {
    items: Vec<Instance>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Instance {
    instance_id: String,
    #[serde(default)]
    previous_state: Option<State>,
}

#[derive(Deserialize)]
struct State {
    name: InstanceState,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServiceEventDetails {
    instance_id_set: Vec<String>,
}

/// Reads an event: the object that CloudTrail delivers, and LookupEvents has as a text.
///
/// # Errors
/// [`NotAnEvent`].
pub fn read_event(json: &[u8]) -> Result<Event, NotAnEvent> {
    serde_json::from_slice(json).map(Record::event).map_err(NotAnEvent)
}

impl Record<'_> {
    fn event(self) -> Event {
        let time = self.event_time;
        if !EVENT_NAMES.contains(&&*self.event_name) {
            return Event { time, account_id: None, region: None, tells: Tells::Nothing };
        }
        let caller = || self.user_identity.and_then(parsed::<UserIdentity>)?.account_id;
        let account_id = self.recipient_account_id.as_deref().map(str::to_owned).or_else(caller);
        Event { time, account_id, region: self.aws_region.as_deref().map(str::to_owned), tells: self.tells() }
    }

    fn tells(&self) -> Tells {
        if self.error_code.is_some() {
            return Tells::Refused;
        }
        let event_id = || self.event_id.clone().into_owned();
        let evidence = |act| Evidence::Recorded(Recorded { time: self.event_time, act, event_id: event_id() });
        if self.event_name == "BidEvictedEvent" {
            let ids = self.service_event_details.and_then(parsed::<ServiceEventDetails>);
            let ids = ids.map(|details| details.instance_id_set).unwrap_or_default();
            return Tells::Evidence(ids.into_iter().map(|id| (id, evidence(Act::Evict))).collect());
        }
        let Some(response) = self.response_elements.and_then(parsed::<ResponseElements>) else { return Tells::Refused };
        let of_instance = |Instance { instance_id, previous_state }| {
            let act = act(&self.event_name, previous_state.map(|state| state.name))?;
            Some((instance_id, evidence(act)))
        };
        Tells::Evidence(response.instances_set.items.into_iter().filter_map(of_instance).collect())
    }
}

/// `None` for a call that does not say how it found the instance.
fn act(event_name: &str, previous: Option<InstanceState>) -> Option<Act> {
    match event_name {
        "RunInstances" => Some(Act::Launch),
        "StartInstances" => previous.map(Act::Start),
        "StopInstances" => previous.map(Act::Stop),
        _ => previous.map(Act::Terminate),
    }
}

/// `None` where the part is null, or of another shape.
fn parsed<'a, T: Deserialize<'a>>(part: &'a RawValue) -> Option<T> {
    serde_json::from_str(part.get()).ok()
}
