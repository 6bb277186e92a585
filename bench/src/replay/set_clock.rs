use std::future::pending;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use larder_cache::{Environment, Moment};

/// The clocks of a world in which nothing takes time: they stand where they were set.
#[derive(Default)]
pub(super) struct SetClock(Mutex<Duration>);

impl SetClock {
    /// Sets both clocks, to a time since 1970-01-01 UTC.
    pub(super) fn set(&self, now: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

impl Environment for SetClock {
    fn now(&self) -> Moment {
        let now = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Moment { wall: now, monotonic: now }
    }

    /// Never over: nothing is waited for.
    fn sleep(&self, _duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(pending())
    }

    fn spawn(&self, work: BoxFuture<'static, ()>) {
        tokio::spawn(work);
    }

    fn random(&self) -> u64 {
        rand::random()
    }
}
