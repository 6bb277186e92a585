use std::time::Duration;

use larder_cache::Environment;

/// What telling and recording what was not reached takes at most: a tenth of the time.
const SHARE_OF_THE_REST: u32 = 10;
/// A target takes more than that.
const ONE_TARGET: Duration = Duration::from_millis(500);
/// However long a sync may take, one target that hangs must not take all of it.
const LONGEST_TARGET: Duration = Duration::from_secs(300);

/// Until when a sync may go on.
pub(super) struct Deadline<'a> {
    environment: &'a dyn Environment,
    targets_until: Duration,
    until: Duration,
}

impl<'a> Deadline<'a> {
    pub(super) fn after(within: Duration, environment: &'a dyn Environment) -> Self {
        let now = environment.now().monotonic;
        Self { environment, targets_until: now + (within - within / SHARE_OF_THE_REST), until: now + within }
    }

    /// How long a target may take; `None` if not even one can be done.
    pub(super) fn left_for_a_target(&self) -> Option<Duration> {
        let left = self.targets_until.saturating_sub(self.environment.now().monotonic);
        (left >= ONE_TARGET).then_some(left.min(LONGEST_TARGET))
    }

    /// How long keeping something that was had, or recording that it was not, may take: at least so long that it may come
    /// to something.
    pub(super) fn left(&self) -> Duration {
        self.until.saturating_sub(self.environment.now().monotonic).max(ONE_TARGET)
    }

    /// Whether nothing more can be done at all.
    pub(super) fn is_over(&self) -> bool {
        self.environment.now().monotonic >= self.until
    }
}
