use std::time::{Duration, Instant, SystemTime};

use futures::future::BoxFuture;
use larder_cache::{Environment, Moment};

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
