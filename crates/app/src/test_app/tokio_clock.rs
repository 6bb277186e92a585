use std::time::Duration;

use futures::future::BoxFuture;
use larder_cache::{Environment, Moment};
use tokio::time::Instant;

use crate::SystemEnvironment;

/// The real world by tokio's clock, which a test may pause: then hours pass at once, and nobody waits for them.
pub(crate) struct TokioClock {
    real: SystemEnvironment,
    began: Moment,
    began_by_tokio: Instant,
}

impl TokioClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    pub(crate) fn new() -> Self {
        let real = SystemEnvironment::new();
        Self { began: real.now(), real, began_by_tokio: Instant::now() }
    }
}

impl Environment for TokioClock {
    fn now(&self) -> Moment {
        let passed = self.began_by_tokio.elapsed();
        Moment { wall: self.began.wall + passed, monotonic: self.began.monotonic + passed }
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.real.sleep(duration)
    }

    fn spawn(&self, work: BoxFuture<'static, ()>) {
        self.real.spawn(work);
    }

    fn random(&self) -> u64 {
        self.real.random()
    }
}
