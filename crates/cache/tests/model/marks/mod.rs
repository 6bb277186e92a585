//! Selectors, marks, fold and floor.
//!
//! One key, and three selectors: one that matches it, one that doesn't, and everything, whose mark is the floor. A request
//! reads the epoch, then the entry in memory or in the store, and fetches if its fence is not good; there is no joining
//! and no window, which are [`reading`](crate::reading)'s. Two marks beside the floor are too many: whoever makes
//! the second folds the lower, unless it dies first, and the fold lands at any later moment, or never. A lost epoch item
//! is made again in the step that finds it missing.

mod state;
mod step;

use stateright::{Model, Property};

use crate::listed::listed;
use crate::mutation::Mutation;
use crate::promise::{Judged, Verdict, properties};

pub(crate) use state::Bounds;
use state::{Container, Epoch, Selector, Stage, State};

/// The marks as they are, or with one rule broken.
#[derive(Clone, Copy)]
pub(crate) struct Marked {
    pub(crate) bounds: Bounds,
    pub(crate) mutation: Option<Mutation>,
    pub(crate) witness: Option<Witness>,
}

listed! {
    /// What must be possible, or the promises would hold for want of anything happening.
    Witness {
        Folded,
        FoldOvertaken,
        DeadByTheFloor,
        SparedByAMarkOfOthers,
    }
}

/// One step of one part of the world; between any two, any other may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Begin {
        container: usize,
    },
    /// The store reads the epoch.
    ReadEpoch {
        container: usize,
    },
    /// The entry is read and judged.
    ReadEntry {
        container: usize,
    },
    EndFetch {
        container: usize,
    },
    Land {
        put: usize,
    },
    Invalidate {
        selector: Selector,
        fold: ThenFold,
    },
    LandFold {
        fold: usize,
    },
    Kill {
        container: usize,
    },
    LoseEpoch,
}

/// Whether who invalidated gets as far as folding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ThenFold {
    Yes,
    No,
}

impl Marked {
    /// Whether a container has no request to come.
    fn is_over(&self, container: &Container) -> bool {
        container.begun == self.bounds.requests && container.stage == Stage::Idle
    }

    fn possible(&self, s: &State, actions: &mut Vec<Action>) {
        if s.containers.iter().all(|container| self.is_over(container)) {
            return;
        }
        for container in 0..s.containers.len() {
            match s.containers[container].stage {
                // Containers are alike: the first to begin is called the first.
                Stage::Idle if self.is_over(&s.containers[container]) => {}
                Stage::Idle if container > 0 && s.containers[0].begun == 0 => {}
                Stage::Idle => actions.push(Action::Begin { container }),
                Stage::Asking => actions.push(Action::ReadEpoch { container }),
                Stage::Looked(_) => actions.push(Action::ReadEntry { container }),
                Stage::Fetching(_) => actions.push(Action::EndFetch { container }),
            }
            if s.left.kills > 0 && s.containers[container].begun > 0 {
                actions.push(Action::Kill { container });
            }
        }
        actions.extend((0..s.puts.len()).filter(|put| s.puts[*put].is_some()).map(|put| Action::Land { put }));
        if s.epoch.is_some() {
            let folds = (0..s.folds.len()).filter(|fold| s.folds[*fold].is_some());
            actions.extend(folds.map(|fold| Action::LandFold { fold }));
            if s.left.losses > 0 {
                actions.push(Action::LoseEpoch);
            }
        }
        if s.left.invalidations > 0 {
            possible_invalidations(s, actions);
        }
    }
}

fn possible_invalidations(s: &State, actions: &mut Vec<Action>) {
    for selector in [Selector::Everything, Selector::Ours, Selector::Theirs] {
        actions.push(Action::Invalidate { selector, fold: ThenFold::No });
        let after = s.epoch.unwrap_or_default().advanced(selector);
        if s.left.folds > 0 && after.marks.are_full() {
            actions.push(Action::Invalidate { selector, fold: ThenFold::Yes });
        }
    }
}

impl Model for Marked {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State { epoch: Some(Epoch::default()), left: self.bounds, ..State::default() }]
    }

    fn actions(&self, s: &State, actions: &mut Vec<Action>) {
        if s.verdict == Verdict::Open {
            self.possible(s, actions);
        }
    }

    fn next_state(&self, s: &State, action: Action) -> Option<State> {
        let mut next = s.clone();
        self.step(&mut next, action);
        for container in next.containers.iter_mut().filter(|container| self.is_over(container)) {
            // What nobody will ask for is of no meaning any more.
            container.memory = None;
        }
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
