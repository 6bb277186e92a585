use std::time::{Duration, Instant, SystemTime};

use futures::future::BoxFuture;
use larder_cache::{Environment, Moment};
#[cfg(target_os = "linux")]
use rustix::time::{ClockId, clock_gettime};

/// The real world: this machine's clocks, tokio's timers and tasks, and the thread's random numbers.
#[derive(Debug)]
pub struct SystemEnvironment {
    started: Instant,
}

impl SystemEnvironment {
    /// The environment of a process that starts now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemEnvironment {
    fn default() -> Self {
        Self::new()
    }
}

impl Environment for SystemEnvironment {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    fn now(&self) -> Moment {
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Moment { wall, monotonic: Instant::now().saturating_duration_since(self.started) }
    }

    /// The wall clock as the kernel's last tick left it, which is there for a quarter of the time.
    #[cfg(target_os = "linux")]
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    fn glance(&self) -> Moment {
        let wall = clock_gettime(ClockId::RealtimeCoarse);
        // A moment before 1970 counts as 1970.
        let (seconds, nanoseconds) = (u64::try_from(wall.tv_sec), u32::try_from(wall.tv_nsec));
        let wall = Duration::new(seconds.unwrap_or_default(), nanoseconds.unwrap_or_default());
        Moment { wall, monotonic: Instant::now().saturating_duration_since(self.started) }
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn spawn(&self, work: BoxFuture<'static, ()>) {
        tokio::spawn(work);
    }

    fn random(&self) -> u64 {
        rand::random()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glance_is_never_ahead() {
        let environment = SystemEnvironment::new();
        for _ in 0..1_000 {
            let (before, glance, after) = (environment.now(), environment.glance(), environment.now());
            assert!(before.monotonic <= glance.monotonic && glance.monotonic <= after.monotonic, "{glance:?}");
            assert!(glance.wall <= after.wall, "{glance:?} {after:?}");
        }
    }
}
