use serde::{Deserialize, Serialize};

use crate::second::Second;
use crate::state::InstanceState;

/// One thing that tells of one instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Evidence {
    /// CloudTrail recorded an act.
    Recorded(Recorded),
    /// EventBridge told of a change of state.
    Changed(Changed),
    /// `DescribeInstances` told of it.
    Seen(Seen),
}

/// An act on an instance that CloudTrail recorded and AWS did not refuse.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recorded {
    /// The event's own `eventTime`.
    pub time: Second,
    /// What was done.
    pub act: Act,
    /// The event's `eventID`.
    pub event_id: String,
}

/// What was done to an instance, and its `previousState` where the event has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Act {
    /// `RunInstances`.
    Launch,
    /// `StartInstances`.
    Start(InstanceState),
    /// `StopInstances`.
    Stop(InstanceState),
    /// `TerminateInstances`.
    Terminate(InstanceState),
    /// `BidEvictedEvent`: AWS took a spot instance back.
    Evict,
}

/// An EC2 Instance State-change Notification.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// The event's `time`.
    pub time: Second,
    /// What it is from then on.
    pub state: InstanceState,
    /// The event's `id`.
    pub event_id: String,
}

/// What `DescribeInstances` told at a moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// When it was asked.
    pub time: Second,
    /// The instance, or `None` where an answer that would have it has it not: it does not run, or was launched a
    /// moment ago. A request that failed is no evidence.
    pub instance: Option<Described>,
}

/// An instance as `DescribeInstances` tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Described {
    /// Its state.
    pub state: InstanceState,
    /// `LaunchTime`, which moves at every start.
    pub launched: Option<Second>,
    /// The time in `StateTransitionReason`: when it was last stopped or terminated by a call.
    pub ended: Option<Second>,
    /// When it was created: its primary interface's `AttachTime`.
    pub created: Option<Second>,
    /// Whether it hibernates when it is stopped.
    pub hibernates: Hibernation,
}

/// Whether an instance's memory is kept while it is stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Hibernation {
    /// It is; EC2 bills until it is saved.
    Configured,
    /// It is not.
    #[default]
    Off,
}

impl Evidence {
    /// When it was, or was seen.
    #[must_use]
    pub fn time(&self) -> Second {
        match self {
            Self::Recorded(recorded) => recorded.time,
            Self::Changed(changed) => changed.time,
            Self::Seen(seen) => seen.time,
        }
    }
}

impl Described {
    /// One of which only the state is known.
    #[must_use]
    pub fn of(state: InstanceState) -> Self {
        Self { state, launched: None, ended: None, created: None, hibernates: Hibernation::Off }
    }
}
