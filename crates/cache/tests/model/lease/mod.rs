//! The lease: who fetches.
//!
//! One key, and one load at a time in each container, since requests of one container join. Memory is empty when a request
//! begins. A load reads the batch (its two parts one by one, in any order), takes the lease by one conditional
//! put, fetches, and writes the entry under its owner token, which ends the lease. It takes over a lease that the entry
//! names, or that was seen ended before its latest read, and then reads no more: had anyone filled since, the owner
//! would be another. A lease that has run out it takes over too, and then reads again. Refused, it waits: it reads again,
//! and takes again, as often as it likes.
//!
//! Time is not counted. A lease that a living holder renews can't be seen to run out, unless the holder is frozen; any
//! other can at any moment. A holder whose fetch fails, or whose write is refused or not answered, sets `ended` if the
//! item's owner is still its own. The take of a process that dies may be under way, and land at any later moment.
//!
//! Not modelled: who runs out of time, or whose take is not answered, fetches without a lease; and the deletion of lease
//! items by a purge or by the table's TTL. Each can cost a fetch more than G4 says, and none concerns G1, since every
//! fetch has the fence of its own last read.

mod action;
mod state;
mod step;

use stateright::{Model, Property};

use crate::listed::listed;
use crate::mutation::Mutation;
use crate::promise::{Judged, Verdict, properties};

use action::Action;
pub(crate) use state::Bounds;
use state::State;

/// The lease as it is, or with one rule broken.
#[derive(Clone, Copy)]
pub(crate) struct Lease {
    pub(crate) bounds: Bounds,
    pub(crate) mutation: Option<Mutation>,
    pub(crate) witness: Option<Witness>,
}

listed! {
    /// What must be possible, or the promises would hold for want of anything happening.
    Witness {
        TakenByAbsence,
        TakenOverAFilledLease,
        TakenOverAnEndedLease,
        TakenOverARunOutLease,
        FrozenHolderReplaced,
        FilledBeforeTheTake,
        WaiterServed,
        PutLandedLate,
        TakenByTheDead,
    }
}

impl Lease {
    /// Says that `witness` has happened, if this run is to show that it can.
    fn witness(&self, s: &mut State, witness: Witness) {
        if self.witness == Some(witness) {
            s.verdict = Verdict::Witnessed;
        }
    }
}

impl Model for Lease {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State { left: self.bounds, ..State::default() }]
    }

    fn actions(&self, s: &State, actions: &mut Vec<Action>) {
        if s.verdict == Verdict::Open {
            self.possible(s, actions);
        }
    }

    fn next_state(&self, s: &State, action: Action) -> Option<State> {
        let mut next = s.clone();
        self.step(&mut next, action);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties()
    }
}

impl Judged for State {
    fn verdict(&self) -> Verdict {
        self.verdict
    }
}
