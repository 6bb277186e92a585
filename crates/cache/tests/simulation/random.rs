use std::sync::atomic::AtomicU64;
use std::time::Duration;

use crate::splitmix64::{mixed, next};

/// One stream of random numbers of a seed. What one part of the fleet draws moves no other part's numbers.
pub(crate) struct Random(AtomicU64);

impl Random {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self(AtomicU64::new(mixed(seed.wrapping_add(mixed(stream)))))
    }

    pub(crate) fn number(&self) -> u64 {
        next(&self.0)
    }

    pub(crate) fn below(&self, end: u64) -> u64 {
        self.number() % end
    }

    /// Whether something that happens so often per thousand happens now.
    pub(crate) fn happens(&self, per_thousand: u64) -> bool {
        self.below(1_000) < per_thousand
    }

    pub(crate) fn one_of<T: Copy>(&self, choices: &[T]) -> T {
        choices[self.index(choices.len())]
    }

    pub(crate) fn index(&self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("below a length")
    }

    /// A duration below `longest`, in steps of 5 ms: what happens in the same instant happens in any order.
    pub(crate) fn pause(&self, longest: Duration) -> Duration {
        const STEP: u64 = 5;
        let steps = u64::try_from(longest.as_millis()).expect("short") / STEP;
        Duration::from_millis(self.below(steps + 1) * STEP)
    }
}
