use crate::listed::listed;

listed! {
    /// A rule of the protocol, broken.
    Mutation {
        /// An entry carries the epoch as it is after its fetch.
        FenceAfterFetch,
        /// The epoch is read from any replica.
        EventualEpochRead,
        /// A look at the epoch never grows too old.
        EpochCachedForEver,
        /// A stale entry stands in for a failed fetch whatever its fence.
        StaleAcrossEpochs,
        /// A lost epoch item is made again as it was at first.
        CounterRestart,
        /// A look counts from the moment its answer came.
        LookDatedAtItsAnswer,
        /// Who joined a fetch takes its value, however long ago it began.
        JoinUnchecked,
        /// What is read from the store gets the fence of the newest look, which may be newer than the one that was read
        /// with it.
        NewestLookFence,
        /// With the store down, who joined a fetch takes its value, however long ago it began.
        JoinAnyWhenDown,
        /// With the store down, memory is served without a look.
        ServeMemoryWhenDown,
        /// With the store down, a stale entry stands in for a failed fetch without a look.
        ServeStaleWhenDown,
        /// A fold loses the marks that it takes away, instead of raising the floor to them.
        MarkDropped,
        /// A fold is written whatever happened since the epoch that it was computed from.
        UnconditionalFold,
        /// A lease that no living holder needs is taken whoever its owner is, and the entry is not read again.
        TakeWithoutCompare,
        /// A lease that has run out is taken, and the entry is not read again.
        RunOutTakenUnread,
    }
}
