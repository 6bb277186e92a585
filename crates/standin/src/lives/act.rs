use super::InstanceState;
use super::deed::{Actor, Refusal, What};

/// What CloudTrail recorded of a deed.
#[derive(Debug)]
pub(super) struct Act {
    /// Seconds since 1970.
    pub(super) at: i64,
    /// No other act has it.
    pub(super) id: u64,
    pub(super) what: What,
    pub(super) who: Actor,
    /// None of a launch that was refused.
    pub(super) targets: Vec<Target>,
    pub(super) refused: Option<Refusal>,
}

/// An instance that an act names, with its states before and after.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    /// Which of the chapter's lives.
    pub(super) life: usize,
    pub(super) previous: InstanceState,
    pub(super) current: InstanceState,
}
