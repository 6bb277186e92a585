use std::time::Duration;

use crate::Waiting;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);

/// The pauses after failures that follow each other: twice as long each time, up to 30 s. Up to a half of each is left
/// out at random, so that those who were throttled together don't come back together.
#[derive(Debug)]
pub(super) struct Pauses {
    next: Duration,
}

impl Pauses {
    pub(super) fn new() -> Self {
        Self { next: FIRST }
    }

    pub(super) fn next(&mut self, waiting: &dyn Waiting) -> Duration {
        let whole = self.next;
        self.next = (whole * 2).min(LONGEST);
        let most_left_out = u64::try_from(whole.as_millis() / 2).unwrap_or(u64::MAX);
        whole - Duration::from_millis(waiting.random() % (most_left_out + 1))
    }
}
