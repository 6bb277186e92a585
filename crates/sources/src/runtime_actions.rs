use crate::lookup_events::LOOKUP_EVENTS;
use crate::servers::DESCRIBE_INSTANCES;

/// The IAM actions that running minutes need beside those of the data types, in every account asked.
pub const RUNTIME_ACTIONS: &[&str] = &[LOOKUP_EVENTS, DESCRIBE_INSTANCES];
