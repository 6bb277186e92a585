use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use futures::future::BoxFuture;
use larder_app::{Environment, SystemEnvironment};
use larder_cache::Moment;
use larder_standin::Handle;

/// Pauses between requests are shorter, and deadlines longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The stand-in's time of day, and pauses that are over at once: where calls are counted, nobody waits for his turn.
pub(super) struct NoWaiting {
    aws: Arc<Handle>,
    real: SystemEnvironment,
    /// Milliseconds that the monotonic clock is ahead.
    ahead: Arc<AtomicU64>,
}

impl NoWaiting {
    pub(super) fn beside(aws: Arc<Handle>) -> Self {
        Self { aws, real: SystemEnvironment::new(), ahead: Arc::default() }
    }
}

impl Environment for NoWaiting {
    fn now(&self) -> Moment {
        let wall = u64::try_from(self.aws.now().as_millisecond()).unwrap_or_default();
        let monotonic = self.real.now().monotonic + Duration::from_millis(self.ahead.load(Relaxed));
        Moment { wall: Duration::from_millis(wall), monotonic }
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        if duration > LONGEST_PAUSE {
            return self.real.sleep(duration);
        }
        let (ahead, pause) = (self.ahead.clone(), u64::try_from(duration.as_micros().div_ceil(1_000)));
        Box::pin(async move {
            ahead.fetch_add(pause.unwrap_or_default(), Relaxed);
        })
    }

    fn spawn(&self, work: BoxFuture<'static, ()>) {
        self.real.spawn(work);
    }

    fn random(&self) -> u64 {
        self.real.random()
    }
}
