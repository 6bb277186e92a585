use aws_sdk_cloudtrail::types::LookupAttributeKey;

use super::Slice;
use crate::{AccountId, Region};

/// Which events are looked for. CloudTrail takes one criterion beside the time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lookup {
    /// Whose events.
    pub account: AccountId,
    /// Where they happened.
    pub region: Region,
    /// The criterion.
    pub by: LookupBy,
    /// When they happened.
    pub slice: Slice,
}

/// What the events have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LookupBy {
    /// Their name.
    Name(RecordedName),
    /// That they name this resource, whatever they do to it: the id of an instance.
    Resource(String),
}

/// The events that begin and end the running of instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordedName {
    /// Instances were launched.
    RunInstances,
    /// Instances were started.
    StartInstances,
    /// Instances were stopped.
    StopInstances,
    /// Instances were terminated.
    TerminateInstances,
    /// AWS took spot instances back.
    BidEvictedEvent,
}

/// An event that CloudTrail recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Its `EventId`, which is its text's `eventID` too.
    pub id: String,
    /// Its `CloudTrailEvent`: the text of a JSON object.
    pub json: String,
}

impl RecordedName {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::RunInstances,
        Self::StartInstances,
        Self::StopInstances,
        Self::TerminateInstances,
        Self::BidEvictedEvent,
    ];

    /// The name in AWS's words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RunInstances => "RunInstances",
            Self::StartInstances => "StartInstances",
            Self::StopInstances => "StopInstances",
            Self::TerminateInstances => "TerminateInstances",
            Self::BidEvictedEvent => "BidEvictedEvent",
        }
    }
}

impl LookupBy {
    pub(super) fn key(&self) -> LookupAttributeKey {
        match self {
            Self::Name(_) => LookupAttributeKey::EventName,
            Self::Resource(_) => LookupAttributeKey::ResourceName,
        }
    }

    pub(super) fn value(&self) -> &str {
        match self {
            Self::Name(name) => name.as_str(),
            Self::Resource(name) => name,
        }
    }
}
