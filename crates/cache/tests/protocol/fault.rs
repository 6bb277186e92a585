use std::sync::Arc;

use tokio::sync::Notify;

/// An operation of the store's port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    Read,
    ReadEpoch,
    CreateEpoch,
    AdvanceEpoch,
    FoldEpoch,
    WriteEntry,
    MarkUsed,
    WriteChunks,
    ReadChunks,
    TakeLease,
    ReleaseLease,
    List,
    Delete,
}

impl Op {
    pub(crate) const READS: [Self; 4] = [Self::Read, Self::ReadEpoch, Self::ReadChunks, Self::List];
    pub(crate) const WRITES: [Self; 9] = [
        Self::CreateEpoch,
        Self::AdvanceEpoch,
        Self::FoldEpoch,
        Self::WriteEntry,
        Self::MarkUsed,
        Self::WriteChunks,
        Self::TakeLease,
        Self::ReleaseLease,
        Self::Delete,
    ];
}

/// What becomes of an operation.
#[derive(Clone)]
pub(crate) enum Fault {
    Fail,
    Throttle,
    /// Nothing is done, and no answer comes.
    Hang,
    /// It is done, and no answer comes.
    LoseAnswer,
    /// It is done at once, and its answer comes when the gate is opened.
    HoldAnswer(Arc<Notify>),
    /// It is done when the gate is opened.
    HoldQuestion(Arc<Notify>),
}
