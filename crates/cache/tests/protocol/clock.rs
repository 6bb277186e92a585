use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use futures::future::BoxFuture;
use larder_cache::{Environment, Moment};
use tokio::time::Instant;

use crate::splitmix64::next;

/// The wall clock's reading when a test begins.
const BEGINNING: Duration = Duration::from_secs(1_800_000_000);

/// One container's clocks: the monotonic one is tokio's paused clock, the wall clock can be set.
pub(crate) struct Clock {
    began: Instant,
    wall: Mutex<Duration>,
    random: AtomicU64,
}

impl Clock {
    /// The clocks of a container of a world that began at `began`.
    pub(crate) fn new(seed: u64, began: Instant) -> Self {
        Self { began, wall: Mutex::new(BEGINNING), random: AtomicU64::new(seed << 32) }
    }

    /// As if the container was frozen: the wall clock goes on, the monotonic one stands still.
    pub(crate) fn freeze_for(&self, duration: Duration) {
        *self.wall.lock().expect("no panic") += duration;
    }

    /// How long the test has been going on.
    pub(crate) fn began_for(&self) -> Duration {
        self.now().monotonic
    }

    /// Sets the wall clock back.
    pub(crate) fn set_back_by(&self, duration: Duration) {
        *self.wall.lock().expect("no panic") -= duration;
    }
}

/// What tokio's paused clock says.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub(crate) fn paused_now() -> Instant {
    Instant::now()
}

impl Environment for Clock {
    fn now(&self) -> Moment {
        let monotonic = paused_now() - self.began;
        Moment { wall: *self.wall.lock().expect("no panic") + monotonic, monotonic }
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn spawn(&self, work: BoxFuture<'static, ()>) {
        tokio::spawn(work);
    }

    fn random(&self) -> u64 {
        next(&self.random)
    }
}

/// Sleeps for a random time below `longest`.
pub(crate) async fn travel(seed: &AtomicU64, longest: Duration) {
    if !longest.is_zero() {
        tokio::time::sleep(longest.mul_f64((next(seed) % 1_000) as f64 / 1_000.0)).await;
    }
}
