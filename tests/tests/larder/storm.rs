use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::faulty_dynamodb::StoreFault;

/// How bad it may be: the share of calls that a fault happens to. In the worst of gusts nothing gets through.
const GUSTS: [f64; 6] = [0.0, 0.05, 0.05, 0.2, 0.5, 1.0];
/// How many calls a gust lasts for.
const CALLS: std::ops::Range<u32> = 20..120;
/// The slowest answers take longer than an attempt of the SDK's may.
const SLOW: std::ops::Range<u64> = 5..1_200;

/// Faults that come and go, as drawn from a seed.
pub(crate) struct Storm {
    random: StdRng,
    share: f64,
    left: u32,
}

impl Storm {
    pub(crate) fn of(seed: u64) -> Self {
        Self { random: StdRng::seed_from_u64(seed), share: 0.0, left: CALLS.start }
    }

    /// What happens to a call of this operation.
    pub(crate) fn strike(&mut self, operation: &str) -> Option<StoreFault> {
        if self.left == 0 {
            self.share = GUSTS[self.random.random_range(0..GUSTS.len())];
            self.left = self.random.random_range(CALLS);
        }
        self.left -= 1;
        if !self.random.random_bool(self.share) {
            return None;
        }
        Some(match (self.random.random_range(0..7), operation) {
            (0, _) => StoreFault::Throttled("ThrottlingException"),
            (1, _) => StoreFault::Throttled("ProvisionedThroughputExceededException"),
            (2, _) => StoreFault::Failed,
            (3, _) => StoreFault::Reset,
            (4, _) => StoreFault::AnswerLost,
            (5, "BatchGetItem") => {
                [StoreFault::EpochUnprocessed, StoreFault::EntryUnprocessed][self.random.random_range(0..2)]
            }
            _ => StoreFault::Slow(Duration::from_millis(self.random.random_range(SLOW))),
        })
    }
}
