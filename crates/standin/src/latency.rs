use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::RangeInclusive;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// How long answers take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Latency {
    /// At once: for tests.
    #[default]
    None,
    /// As long as AWS takes for the same operation: 80 to 400 ms, drawn from the seed.
    Realistic,
}

impl Latency {
    /// How long the `nth` call of `operation` waits; `milliseconds` is what AWS takes for it.
    pub(crate) fn draw(self, seed: u64, operation: &str, nth: u64, milliseconds: &RangeInclusive<u64>) -> Duration {
        match self {
            Self::None => Duration::ZERO,
            Self::Realistic => {
                let mut hasher = DefaultHasher::new();
                (seed, operation, nth).hash(&mut hasher);
                let mut rng = StdRng::seed_from_u64(hasher.finish());
                Duration::from_millis(rng.random_range(milliseconds.clone()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn realistic_latency_repeats_for_a_seed_and_stays_in_range() {
        let draw = |seed, nth| Latency::Realistic.draw(seed, "DescribeJobs", nth, &(80..=400));
        let first: Vec<_> = (0..50).map(|nth| draw(1, nth)).collect();
        let again: Vec<_> = (0..50).map(|nth| draw(1, nth)).collect();
        let other: Vec<_> = (0..50).map(|nth| draw(2, nth)).collect();
        assert_eq!(first, again);
        assert_ne!(first, other);
        assert!(first.iter().all(|it| (80..=400).contains(&it.as_millis())), "{first:?}");
        assert_eq!(Latency::None.draw(1, "DescribeJobs", 0, &(80..=400)), Duration::ZERO);
    }
}
