use std::collections::BTreeMap;
use std::task::Waker;
use std::time::Duration;

/// What a freeze does to the monotonic clock of a container; both are met in the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Monotonic {
    StandsStill,
    GoesOn,
}

/// When a timer is due by a place's monotonic clock, and its number.
pub(crate) type Timer = (Duration, u64);

/// The monotonic clock of one place, and what waits for it.
#[derive(Default)]
pub(crate) struct Timeline {
    frozen: Option<(Duration, Monotonic)>,
    /// How long its clock stood still, all told.
    behind: Duration,
    timers: BTreeMap<Timer, Waker>,
}

impl Timeline {
    /// What its clock says at the true time `now`.
    pub(crate) fn local(&self, now: Duration) -> Duration {
        match self.frozen {
            Some((since, Monotonic::StandsStill)) => since - self.behind,
            Some((_, Monotonic::GoesOn)) | None => now - self.behind,
        }
    }

    pub(crate) fn is_frozen(&self) -> bool {
        self.frozen.is_some()
    }

    pub(crate) fn freeze(&mut self, now: Duration, monotonic: Monotonic) {
        self.frozen.get_or_insert((now, monotonic));
    }

    pub(crate) fn thaw(&mut self, now: Duration) {
        if let Some((since, Monotonic::StandsStill)) = self.frozen.take() {
            self.behind += now - since;
        }
    }

    pub(crate) fn set_timer(&mut self, timer: Timer, waker: &Waker) {
        self.timers.insert(timer, waker.clone());
    }

    pub(crate) fn forget_timer(&mut self, timer: Timer) {
        self.timers.remove(&timer);
    }

    /// The true time at which its next timer is due; none is while it is frozen.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        let ((until, _), _) = self.timers.first_key_value().filter(|_| !self.is_frozen())?;
        Some(until.saturating_add(self.behind))
    }

    pub(crate) fn wake_due(&mut self, now: Duration) {
        while self.next_due().is_some_and(|due| due <= now)
            && let Some((_, waker)) = self.timers.pop_first()
        {
            waker.wake();
        }
    }
}
