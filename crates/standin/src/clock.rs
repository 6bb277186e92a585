use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// The time that sessions and faults end by, and that instances live in: the wall clock, or as much ahead of it or
/// behind as it was set to. It can be set forward.
#[derive(Debug)]
pub(crate) struct Clock {
    ahead: Mutex<SignedDuration>,
}

impl Clock {
    /// One that says `start` now, or what the wall clock says.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub(crate) fn new(start: Option<Timestamp>) -> Self {
        let ahead = start.map_or(SignedDuration::ZERO, |start| start.duration_since(Timestamp::now()));
        Self { ahead: Mutex::new(ahead) }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now().checked_add(*self.ahead()).unwrap_or(Timestamp::MAX)
    }

    /// Sets it forward.
    pub(crate) fn advance(&self, by: Duration) {
        let mut ahead = self.ahead();
        *ahead = ahead.saturating_add(SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX));
    }

    fn ahead(&self) -> MutexGuard<'_, SignedDuration> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
