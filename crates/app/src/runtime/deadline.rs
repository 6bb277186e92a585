use std::sync::Arc;
use std::time::Duration;

use larder_cache::Environment;

/// What the servers themselves take at the end, whatever is left of the events then.
const SHARE_OF_SERVERS: u32 = 4;
/// One step takes less than that.
const ONE_STEP: Duration = Duration::from_secs(2);

/// Until when a run may go on. Work is stopped between steps, and the next run goes on there.
#[derive(Clone)]
pub(super) struct Deadline {
    environment: Arc<dyn Environment>,
    events_until: Duration,
    until: Duration,
}

impl Deadline {
    pub(super) fn after(within: Duration, environment: Arc<dyn Environment>) -> Self {
        let now = environment.now().monotonic;
        Self { environment, events_until: now + (within - within / SHARE_OF_SERVERS), until: now + within }
    }

    /// How long events may still be read; `None` if not even one step.
    pub(super) fn left_for_events(&self) -> Option<Duration> {
        self.left_until(self.events_until)
    }

    /// Whether another step can be done.
    pub(super) fn is_over(&self) -> bool {
        self.left_until(self.until).is_none()
    }

    fn left_until(&self, end: Duration) -> Option<Duration> {
        let left = end.saturating_sub(self.environment.now().monotonic);
        (left >= ONE_STEP).then_some(left)
    }
}
