use std::collections::BTreeMap;
use std::fmt;

use crate::key::Key;
use crate::selector::Selector;

/// The key of the epoch item, and whose capacity units its reads and writes are.
pub(crate) const EPOCH: &str = "#epoch";

/// The random name of one life of the epoch item. Lost and made again, it has another.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Incarnation(u128);

/// The table's invalidation clock: never a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// Which life of the epoch item this is; counters of two incarnations don't compare.
    pub incarnation: Incarnation,
    /// How many invalidations there have been in this incarnation.
    pub counter: u64,
    /// The counter value at which each selector was last invalidated.
    pub marks: Marks,
}

/// Counter values by selector. The mark of [`Selector::EVERYTHING`] is the floor.
pub type Marks = BTreeMap<Selector, u64>;

/// The epoch seen before a fetch began, carried by the entry that the fetch made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The epoch's incarnation.
    pub incarnation: Incarnation,
    /// The epoch's counter.
    pub counter: u64,
}

impl Incarnation {
    /// A name made of two random numbers.
    #[must_use]
    pub fn new(high: u64, low: u64) -> Self {
        Self((u128::from(high) << 64) | u128::from(low))
    }

    /// Reads 32 hexadecimal digits; anything else is `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let well_formed = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        well_formed.then(|| u128::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Epoch {
    /// The first epoch of an incarnation.
    #[must_use]
    pub fn first(incarnation: Incarnation) -> Self {
        Self { incarnation, counter: 0, marks: Marks::new() }
    }

    /// The fence of a fetch that begins now that this epoch has been seen.
    #[must_use]
    pub fn fence(&self) -> Fence {
        Fence { incarnation: self.incarnation, counter: self.counter }
    }

    /// Why an entry of `key` with `fence` must never be used again, or `None` if it may be.
    ///
    /// A fence above the counter is good: a batch is no snapshot, so its entry may be newer than its epoch.
    #[must_use]
    pub fn death_of(&self, key: &Key, fence: Fence) -> Option<Death> {
        if fence.incarnation != self.incarnation {
            return Some(Death::Incarnation { entry: fence.incarnation, current: self.incarnation });
        }
        if fence.counter >= self.counter {
            return None;
        }
        self.marks
            .iter()
            .find(|(selector, mark)| **mark > fence.counter && selector.matches(key))
            .map(|(selector, mark)| Death::Mark { selector: selector.clone(), mark: *mark, fence: fence.counter })
    }

    /// The marks with all but the highest `keep` folded into the floor.
    ///
    /// Safe whatever the clocks did: the floor takes the highest folded mark, so it kills at least what they killed.
    #[must_use]
    pub fn folded(&self, keep: usize) -> Marks {
        let mut by_mark: Vec<_> = self.marks.iter().collect();
        by_mark.sort_unstable_by_key(|(_, mark)| std::cmp::Reverse(**mark));
        let floor = by_mark.get(keep).map(|(_, mark)| **mark);
        let mut marks: Marks =
            by_mark.into_iter().take(keep).map(|(selector, mark)| (selector.clone(), *mark)).collect();
        if let Some(floor) = floor {
            let slot = marks.entry(Selector::EVERYTHING).or_insert(floor);
            *slot = floor.max(*slot);
        }
        marks
    }
}

/// Why an entry is dead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Death {
    /// The epoch item was lost and made again since the entry's fetch began.
    Incarnation {
        /// The entry's.
        entry: Incarnation,
        /// The epoch's.
        current: Incarnation,
    },
    /// A selector that matches it was invalidated after its fetch began.
    Mark {
        /// The selector.
        selector: Selector,
        /// Its mark.
        mark: u64,
        /// The counter of the entry's fence, which is lower.
        fence: u64,
    },
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incarnation { entry, current } => {
                write!(f, "its incarnation {entry} is not the epoch's, {current}")
            }
            Self::Mark { selector, mark, fence } => {
                write!(f, "{selector} was invalidated at {mark}, after its fence {fence}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::{Account, Scope};

    fn key(region: &str) -> Key {
        let scope = Scope { partition: "aws".into(), region: Some(region.into()), account: Account::Global };
        Key::new("ec2-instance-types", scope).expect("valid")
    }

    fn region(name: &str) -> Selector {
        Selector::EVERYTHING.region(name).expect("valid")
    }

    fn epoch(counter: u64, marks: impl IntoIterator<Item = (Selector, u64)>) -> Epoch {
        Epoch { incarnation: Incarnation::new(1, 2), counter, marks: marks.into_iter().collect() }
    }

    fn fence(counter: u64) -> Fence {
        Fence { incarnation: Incarnation::new(1, 2), counter }
    }

    #[test]
    fn a_mark_above_the_fence_kills_what_it_matches_and_nothing_else() {
        let epoch = epoch(7, [(region("us-east-1"), 5), (region("eu-west-1"), 7)]);
        assert_eq!(
            epoch.death_of(&key("us-east-1"), fence(5)),
            None,
            "a mark equal to the fence came before the fetch"
        );
        assert!(epoch.death_of(&key("us-east-1"), fence(4)).is_some());
        assert_eq!(epoch.death_of(&key("us-west-2"), fence(0)), None);
    }

    #[test]
    fn another_incarnation_is_dead_and_a_fence_above_the_epoch_is_good() {
        let epoch = epoch(7, [(Selector::EVERYTHING, 7)]);
        let foreign = Fence { incarnation: Incarnation::new(9, 9), counter: 100 };
        assert!(matches!(epoch.death_of(&key("us-east-1"), foreign), Some(Death::Incarnation { .. })));
        assert_eq!(epoch.death_of(&key("us-east-1"), fence(8)), None);
    }

    #[test]
    fn folding_kills_at_least_what_the_folded_marks_killed() {
        let regions = ["us-east-1", "us-east-2", "us-west-1", "us-west-2"];
        let before = epoch(4, regions.iter().zip(1..).map(|(name, mark)| (region(name), mark)));
        let after = Epoch { marks: before.folded(2), ..before.clone() };
        assert_eq!(after.marks.len(), 3, "two kept, and the floor");
        assert_eq!(after.marks[&Selector::EVERYTHING], 2);
        for (name, counter) in regions.iter().flat_map(|name| (0..=4).map(move |counter| (name, counter))) {
            let died_before = before.death_of(&key(name), fence(counter)).is_some();
            assert!(!died_before || after.death_of(&key(name), fence(counter)).is_some(), "{name} at {counter}");
        }
        assert_eq!(before.folded(4), before.marks, "nothing to fold");
    }

    #[test]
    fn the_floor_never_sinks() {
        let before = epoch(9, [(Selector::EVERYTHING, 9), (region("us-east-1"), 3), (region("us-east-2"), 4)]);
        assert_eq!(before.folded(1)[&Selector::EVERYTHING], 9);
    }

    #[test]
    fn incarnations_are_32_hexadecimal_digits() {
        let incarnation = Incarnation::new(0, 0xabc);
        assert_eq!(Incarnation::parse(&incarnation.to_string()), Some(incarnation));
        for text in ["", "abc", "+0000000000000000000000000000abc", "zz000000000000000000000000000abc"] {
            assert_eq!(Incarnation::parse(text), None, "{text}");
        }
    }
}
