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
    /// Nothing, and not of CloudTrail either: EventBridge has events of many sources.
    NothingRecorded,
    /// Nothing: it is of another name.
    Nothing,
    /// A start or end that was asked for and refused, or only tried: its `eventID`.
    Refused(String),
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

impl Event {
    /// Whether CloudTrail recorded it.
    pub(crate) fn is_recorded(&self) -> bool {
        match &self.tells {
            Tells::NothingRecorded => false,
            Tells::Nothing | Tells::Refused(_) => true,
            Tells::Evidence(evidence) => !evidence.iter().any(|(_, told)| matches!(told, Evidence::Changed(_))),
        }
    }
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
    Ok(serde_json::from_slice::<Record<'_>>(json)?.event()?)
}

impl Record<'_> {
    fn event(self) -> serde_json::Result<Event> {
        let time = self.event_time;
        let caller = || serde_json::from_str::<UserIdentity>(self.user_identity?.get()).ok()?.account_id;
        let account_id = self.recipient_account_id.as_deref().map(str::to_owned).or_else(caller);
        let region = self.aws_region.as_deref().map(str::to_owned);
        let tells = if EVENT_NAMES.contains(&&*self.event_name) { self.tells()? } else { Tells::Nothing };
        Ok(Event { time, account_id, region, tells })
    }

    /// An error where it tells of instances in a way that can't be read: a start must not be lost.
    fn tells(&self) -> serde_json::Result<Tells> {
        let event_id = || self.event_id.clone().into_owned();
        if self.error_code.is_some() {
            return Ok(Tells::Refused(event_id()));
        }
        let evidence = |act| Evidence::Recorded(Recorded { time: self.event_time, act, event_id: event_id() });
        if self.event_name == "BidEvictedEvent" {
            let Some(details) = self.service_event_details else { return Ok(Tells::Refused(event_id())) };
            let ids = serde_json::from_str::<ServiceEventDetails>(details.get())?.instance_id_set.into_iter();
            return Ok(Tells::Evidence(ids.map(|id| (id, evidence(Act::Evict))).collect()));
        }
        let Some(response) = self.response_elements else { return Ok(Tells::Refused(event_id())) };
        let response: ResponseElements = serde_json::from_str(response.get())?;
        let of_instance = |Instance { instance_id, previous_state }| {
            let act = act(&self.event_name, previous_state.map(|state| state.name))?;
            Some((instance_id, evidence(act)))
        };
        Ok(Tells::Evidence(response.instances_set.items.into_iter().filter_map(of_instance).collect()))
    }
}

/// `None` for a call that does not say how it found the instance.
fn act(event_name: &str, previous: Option<InstanceState>) -> Option<Act> {
    match event_name {
        "RunInstances" => Some(Act::Launch),
        "StartInstances" => previous.map(Act::Start),
        "StopInstances" => previous.map(Act::Stop),
        "TerminateInstances" => previous.map(Act::Terminate),
        _ => None,
    }
}
