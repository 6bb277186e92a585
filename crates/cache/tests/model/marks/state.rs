use crate::promise::Verdict;

/// What an invalidation names, as it concerns the one key of this model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Selector {
    Everything,
    /// Matches the key.
    Ours,
    /// Matches another key only.
    Theirs,
}

/// The mark of each selector, 0 where there is none. That of everything is the floor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Marks {
    pub(crate) floor: u8,
    pub(crate) ours: u8,
    pub(crate) theirs: u8,
}

/// The epoch item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Epoch {
    pub(crate) incarnation: u8,
    pub(crate) counter: u8,
    pub(crate) marks: Marks,
}

/// Marks that were folded, on their way to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Fold {
    /// The incarnation and counter that they were computed from.
    pub(crate) seen: (u8, u8),
    pub(crate) marks: Marks,
}

/// A value with its fence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Entry {
    pub(crate) incarnation: u8,
    pub(crate) counter: u8,
    /// How many invalidations of its key were in effect when its fetch began.
    pub(crate) value: u8,
}

/// One process, with one request at a time and no coherence window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Container {
    pub(crate) begun: u8,
    /// How many invalidations of the key were in effect when its request began.
    pub(crate) needs: u8,
    pub(crate) memory: Option<Entry>,
    pub(crate) stage: Stage,
}

/// How far a request has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    #[default]
    Idle,
    Asking,
    /// The store has read the epoch.
    Looked(Epoch),
    Fetching(Entry),
}

/// The store, the containers, and what only the judge of a run knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) epoch: Option<Epoch>,
    pub(crate) incarnations: u8,
    pub(crate) entry: Option<Entry>,
    /// Writes under way. Each lands at any later moment, or never.
    pub(crate) puts: [Option<Entry>; 2],
    pub(crate) folds: [Option<Fold>; 2],
    pub(crate) containers: [Container; 2],
    pub(crate) left: Bounds,
    /// How many invalidations of the key are in effect.
    pub(crate) effective: u8,
    pub(crate) verdict: Verdict,
}

/// How often each thing may happen in one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Bounds {
    /// Requests of each container.
    pub(crate) requests: u8,
    pub(crate) invalidations: u8,
    pub(crate) fetches: u8,
    pub(crate) folds: u8,
    pub(crate) kills: u8,
    /// Losses of the epoch item.
    pub(crate) losses: u8,
}

impl Entry {
    /// Whether it stays where `other` would be put in its place: it has a newer fence of the same incarnation.
    pub(crate) fn is_newer_than(self, other: Self) -> bool {
        self.incarnation == other.incarnation && self.counter > other.counter
    }
}

impl Epoch {
    /// Whether an entry's fence is good by this epoch.
    pub(crate) fn validates(self, entry: Entry) -> bool {
        let Marks { floor, ours, .. } = self.marks;
        entry.incarnation == self.incarnation && entry.counter >= floor.max(ours)
    }

    /// The epoch after an invalidation of `selector`.
    pub(crate) fn advanced(mut self, selector: Selector) -> Self {
        self.counter += 1;
        match selector {
            Selector::Everything => self.marks.floor = self.counter,
            Selector::Ours => self.marks.ours = self.counter,
            Selector::Theirs => self.marks.theirs = self.counter,
        }
        self
    }
}

impl Marks {
    /// Whether there are too many: in this model one beside the floor is enough.
    pub(crate) fn are_full(self) -> bool {
        self.ours > 0 && self.theirs > 0
    }

    /// The higher of the two kept, and the lower folded into the floor.
    pub(crate) fn folded(self) -> Self {
        let Self { floor, ours, theirs } = self;
        if ours < theirs {
            Self { floor: floor.max(ours), ours: 0, theirs }
        } else {
            Self { floor: floor.max(theirs), ours, theirs: 0 }
        }
    }
}
