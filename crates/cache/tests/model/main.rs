//! The cache protocol, model-checked: every order in which its steps can come, looked at exhaustively.
//!
//! A model is a small program whose state is the whole world (the shared store, two containers, what is under way
//! between them) and whose steps are the protocol's: between any two, any other may come. The checker visits every state
//! that can be reached within a run's bounds ([`runs`]), and none may break a [`promise`]. Three models share the work:
//!
//! - [`reading`]: fence and joining; a lost epoch item, the coherence window, and the store out of reach.
//! - [`marks`]: selectors, and marks folded into the floor.
//! - [`lease`]: who fetches.
//!
//! A model that holds may hold for want of anything happening. So each rule of the protocol is broken in turn
//! ([`mutation`]), and a promise must break with it; and what the promises are about must be seen to happen (the
//! `Witness`es). Together about 44 million states, 80 s on two idle cores.
//!
//! Everywhere: there are 2 containers, with 2 requests each and 2 invalidations unless a run says less, as those do where
//! the store is out of reach; a write of an entry is under way
//! until it lands at any later moment, or never, whatever its sender was told and whether it lives; a killed process
//! leaves nothing else behind, and another starts in its place. An invalidation is one step, and counts as acknowledged at
//! once: what holds for that holds for a later acknowledgement. A value is named by the invalidations in effect when its
//! fetch began, which is all that the promises ask of it. A state leaves out what can have no effect any more, and what
//! differs by names only is one: the first container to begin is called the first.
//!
//! Not modelled: bytes, chunks and identity (other tests), TTLs but for one moment at which everything cached grows stale,
//! refreshing in the background (a flight as any other), remembered failures, purges, and the breaker, which decides only
//! when the store counts as out of reach; here it may at any moment.

mod listed;
mod promise;

mod mutation;

mod epoch;
mod reading;

mod marks;

mod lease;

mod checking;
mod runs;

use checking::{assert_broken, assert_holds, assert_witnessed};
use lease::Lease;
use marks::Marked;
use mutation::Mutation;
use promise::Promise;
use reading::Reading;
use runs::{
    CALM, COLD_KEY, CUT_OFF, DROPPED, FOLD, FOLD_AND_LOSS, HOLDERS_IN_TROUBLE, LEASE, LOST_AND_KILLED, LOST_EPOCH,
    OUTAGE, STRICT, WINDOW,
};

#[test]
fn fences_and_joining_hold() {
    assert_holds("fence and joining", STRICT);
    assert_holds("a lost epoch item", LOST_EPOCH);
    assert_holds("a lost epoch item and a kill", LOST_AND_KILLED);
    assert_holds("a dropped leader", DROPPED);
    assert_holds("a coherence window", WINDOW);
}

#[test]
fn the_store_out_of_reach_breaks_nothing() {
    assert_holds("the store out of reach", CUT_OFF);
    assert_holds("the store out of reach, stale entries, upstream failing", OUTAGE);
}

#[test]
fn marks_folded_in_any_order_hold() {
    assert_holds("marks and a fold", FOLD);
    assert_holds("marks, a fold, a lost epoch item and a kill", FOLD_AND_LOSS);
}

#[test]
fn a_cold_key_is_fetched_once_per_fleet() {
    assert_holds("the lease", LEASE);
    assert_holds("the lease of a cold key, and all that can go wrong", COLD_KEY);
    assert_holds("the lease around an invalidation, and most that can go wrong", HOLDERS_IN_TROUBLE);
}

#[test]
fn every_rule_is_needed() {
    for mutation in Mutation::ALL.iter().copied() {
        assert_breaks(mutation);
    }
}

/// Each rule broken in the model that has it. A match, so that no rule can be forgotten.
fn assert_breaks(mutation: Mutation) {
    let (name, broken) = (format!("{mutation:?}"), Some(mutation));
    let reading = |model: Reading| assert_broken(&name, Promise::G1, Reading { mutation: broken, ..model });
    let marked = |model: Marked| assert_broken(&name, Promise::G1, Marked { mutation: broken, ..model });
    let leased = |model: Lease| assert_broken(&name, Promise::G4, Lease { mutation: broken, ..model });
    match mutation {
        Mutation::FenceAfterFetch
        | Mutation::EventualEpochRead
        | Mutation::EpochCachedForEver
        | Mutation::LookDatedAtItsAnswer
        | Mutation::JoinUnchecked
        | Mutation::NewestLookFence => reading(STRICT),
        Mutation::CounterRestart => reading(LOST_EPOCH),
        Mutation::StaleAcrossEpochs
        | Mutation::JoinAnyWhenDown
        | Mutation::ServeMemoryWhenDown
        | Mutation::ServeStaleWhenDown => reading(OUTAGE),
        Mutation::MarkDropped | Mutation::UnconditionalFold => marked(FOLD),
        Mutation::TakeWithoutCompare | Mutation::RunOutTakenUnread => leased(CALM),
    }
}

#[test]
fn what_the_promises_are_about_happens() {
    for witness in reading::Witness::ALL.iter().copied() {
        assert_witnessed(&format!("{witness:?}"), Reading { witness: Some(witness), ..model_showing(witness) });
    }
    for witness in marks::Witness::ALL.iter().copied() {
        assert_witnessed(&format!("{witness:?}"), Marked { witness: Some(witness), ..FOLD });
    }
    for witness in lease::Witness::ALL.iter().copied() {
        assert_witnessed(&format!("{witness:?}"), Lease { witness: Some(witness), ..HOLDERS_IN_TROUBLE });
    }
}

fn model_showing(witness: reading::Witness) -> Reading {
    use reading::Witness;
    match witness {
        Witness::JoinerServedByItsLook
        | Witness::ReadBeforeServedAfter
        | Witness::LateAnswerReplacedNothing
        | Witness::PutLandedAfterAnInvalidation
        | Witness::PutRefusedAsSuperseded => STRICT,
        Witness::HitWithinTheWindow | Witness::JoinerServedUnseen => WINDOW,
        Witness::EpochMadeAgain => LOST_EPOCH,
        Witness::StaleServed | Witness::ServedPastTheStore | Witness::JoinerRefusedWhenDown => OUTAGE,
    }
}
