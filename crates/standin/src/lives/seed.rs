//! Chance that can be asked again: what follows from a seed and what it is asked for.

use std::hash::{DefaultHasher, Hash, Hasher};

use rand::SeedableRng;
use rand::rngs::StdRng;

/// A number that looks drawn, the same for the same question every time.
pub(crate) fn draw(seed: u64, question: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, question).hash(&mut hasher);
    hasher.finish()
}

/// A generator for all that one question needs.
pub(super) fn rng(seed: u64, question: impl Hash) -> StdRng {
    StdRng::seed_from_u64(draw(seed, question))
}
