use crate::ec2_regions::DESCRIBE_REGIONS;
use crate::lookup_events::LOOKUP_EVENTS;
use crate::servers::DESCRIBE_INSTANCES;

/// The IAM actions that running minutes need, in every account asked. Which regions an account uses is asked where it is
/// registered without.
pub const RUNTIME_ACTIONS: &[&str] = &[LOOKUP_EVENTS, DESCRIBE_INSTANCES, DESCRIBE_REGIONS];
