//! Fence and joining, with the store in reach or out of it.
//!
//! One key and one selector, which matches it. A request goes through the steps of reading as the code does: memory by a
//! look that it may use, else one shared read of the epoch, else the flight, which it leads or joins. The batch is no
//! snapshot: the store reads its two parts one by one, in any order. Sending, the store's part, and the answer are three
//! steps, so that answers come late and out of order. Each fetch ends well or, where a run allows it, fails; then the
//! write is sent, and ends for the container independently of when it lands.
//!
//! Dates are what the code's are: an order within the container, and a clock that ticks in whole coherence windows. At
//! window 0 only the order counts. An invalidation may be sent by a container, which keeps its answer as a look.
//!
//! A lost epoch item is made again, conditionally, by whoever finds none. A container cut off from the store
//! learns it from each thing that it asks, and what it asked before may still be answered.

mod action;
mod flight;
mod order;
mod request;
mod state;
mod world;

use stateright::{Model, Property};

use crate::listed::listed;
use crate::mutation::Mutation;
use crate::promise::{Judged, Verdict, properties};

use action::Action;
pub(crate) use state::Bounds;
use state::{Container, Look, Stage, State};

/// The protocol as it is, or with one rule broken.
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) bounds: Bounds,
    /// The coherence window in ticks: 0, or 1.
    pub(crate) window: u8,
    pub(crate) mutation: Option<Mutation>,
    pub(crate) witness: Option<Witness>,
}

listed! {
    /// What must be possible, or the promises would hold for want of anything happening.
    Witness {
        HitWithinTheWindow,
        JoinerServedByItsLook,
        JoinerServedUnseen,
        ReadBeforeServedAfter,
        LateAnswerReplacedNothing,
        PutLandedAfterAnInvalidation,
        PutRefusedAsSuperseded,
        EpochMadeAgain,
        StaleServed,
        ServedPastTheStore,
        JoinerRefusedWhenDown,
    }
}

impl Reading {
    /// Whether a container has no request to come.
    fn is_over(&self, container: &Container) -> bool {
        container.requests.iter().take(usize::from(self.bounds.requests)).all(|request| request.stage == Stage::Over)
    }

    /// Drops what can have no effect on anything that is still to come, so that runs that differ only in it are one.
    fn forget(&self, s: &mut State, c: usize) {
        if self.is_over(&s.containers[c]) {
            let requests = s.containers[c].requests;
            s.containers[c] = Container { requests, ..Container::default() };
        }
        let active = |r: usize| !matches!(s.containers[c].requests[r].stage, Stage::Unborn | Stage::Over);
        let usable = |r: usize| active(r) && self.usable(s, c, r).is_some();
        let usable_later = |look: Look| self.window > 0 && s.now - look.sent.at <= self.window;
        // Past the store the newest look gives the fence, and a broken rule may use it for anything.
        let gives_fences = self.bounds.cuts > 0 || self.mutation.is_some();
        let is_of_use = |look: Look| gives_fences || usable_later(look) || (0..2).any(usable);
        if !s.containers[c].newest.is_some_and(is_of_use) {
            s.containers[c].newest = None;
        }
        let Container { requests, flight, look_read, .. } = &mut s.containers[c];
        if requests[1].stage == Stage::Over && requests[0].stage != Stage::Over {
            requests.swap(0, 1);
            flight.iter_mut().for_each(|flight| flight.leader = 1 - flight.leader);
            look_read.iter_mut().for_each(|read| read.leader = 1 - read.leader);
        }
    }

    /// Says that `witness` has happened, if this run is to show that it can.
    pub(super) fn witness(&self, s: &mut State, witness: Witness) {
        if self.witness == Some(witness) {
            s.verdict = Verdict::Witnessed;
        }
    }
}

impl Model for Reading {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::new(self.bounds)]
    }

    fn actions(&self, s: &State, actions: &mut Vec<Action>) {
        if s.verdict == Verdict::Open {
            self.possible(s, actions);
        }
    }

    fn next_state(&self, s: &State, action: Action) -> Option<State> {
        let mut next = s.clone();
        self.step(&mut next, action);
        for c in 0..next.containers.len() {
            self.forget(&mut next, c);
        }
        next.renumber();
        Some(next)
    }

    fn within_boundary(&self, s: &State) -> bool {
        s.verdict != Verdict::Beyond
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
