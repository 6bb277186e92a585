use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use larder_cache::{Environment, Moment};

use crate::executor::{Executor, Place};
use crate::random::Random;

/// What a wall clock that is right says when the world begins, less the largest skew.
const BEGINNING: Duration = Duration::from_secs(1_800_000_000);

/// What a container takes from the world: its clocks, its timers and tasks, its random numbers.
pub(crate) struct Clocks {
    executor: Arc<Executor>,
    place: Place,
    /// What its wall clock is ahead of [`BEGINNING`] and true time, in milliseconds.
    ahead: AtomicU64,
    random: Random,
}

impl Clocks {
    pub(crate) fn new(executor: Arc<Executor>, place: Place, ahead: Duration, random: Random) -> Self {
        let clocks = Self { executor, place, ahead: AtomicU64::new(0), random };
        clocks.set(ahead);
        clocks
    }

    /// Sets the wall clock; nobody's is behind the beginning.
    pub(crate) fn set(&self, ahead: Duration) {
        self.ahead.store(u64::try_from(ahead.as_millis()).expect("small"), Ordering::Relaxed);
    }

    pub(crate) fn ahead(&self) -> Duration {
        Duration::from_millis(self.ahead.load(Ordering::Relaxed))
    }
}

impl Environment for Clocks {
    fn now(&self) -> Moment {
        let wall = BEGINNING + self.ahead() + self.executor.now();
        Moment { wall, monotonic: self.executor.lived(self.place).unwrap_or_default() }
    }

    /// The wall clock as it was at the last tick.
    fn glance(&self) -> Moment {
        let Moment { wall, monotonic } = self.now();
        let ticks = self.executor.now().as_nanos() / Moment::TICK.as_nanos();
        let since = self.executor.now() - Moment::TICK * u32::try_from(ticks).expect("hours");
        Moment { wall: wall - since, monotonic }
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.executor.sleep(self.place, duration)
    }

    fn spawn(&self, work: BoxFuture<'static, ()>) {
        self.executor.spawn(self.place, work);
    }

    fn random(&self) -> u64 {
        self.random.number()
    }
}
