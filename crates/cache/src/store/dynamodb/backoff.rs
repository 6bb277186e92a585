use std::time::Duration;

use crate::environment::{Environment, share};

/// Tries in a row of which none got anything done: what fits, with the pauses between them, into the time of one call.
const FRUITLESS: u32 = 6;
/// The longest pause after the first such try; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(25);

/// The pauses between tries of a batch that the service leaves unprocessed in part: from nothing to a limit that
/// doubles, at random, so that containers don't come back together.
///
/// Ends by itself: a try that gets something done leaves less, and only so many in a row may get nothing done.
pub(super) struct Backoff<'a> {
    environment: &'a dyn Environment,
    left: usize,
    fruitless: u32,
}

impl<'a> Backoff<'a> {
    /// Before the first try of `all` parts.
    pub(super) fn new(environment: &'a dyn Environment, all: usize) -> Self {
        Self { environment, left: all, fruitless: 0 }
    }

    /// Waits, if `left` unprocessed parts are worth another try; whether they are.
    pub(super) async fn again(&mut self, left: usize) -> bool {
        self.fruitless = if left < self.left { 0 } else { self.fruitless + 1 };
        self.left = left;
        if self.fruitless >= FRUITLESS {
            return false;
        }
        let longest = FIRST_PAUSE * 2_u32.pow(self.fruitless);
        self.environment.sleep(longest.mul_f64(share(self.environment))).await;
        true
    }
}
