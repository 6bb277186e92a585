use std::time::Duration;

use futures::future::BoxFuture;

/// Everything the cache takes from the world but its store and upstream: now, sleep, spawn and random.
///
/// Injected, so that the whole cache runs unmodified inside a simulator.
pub trait Environment: Send + Sync + 'static {
    /// The two clocks, read together.
    fn now(&self) -> Moment;
    /// The two clocks, of which the wall clock may show what it did at most [`Moment::TICK`] ago, where that is read in less
    /// time than [`Self::now`] takes. It is there to tell a container that it was frozen, and need not tell so exactly.
    fn glance(&self) -> Moment {
        self.now()
    }
    /// Resolves once `duration` has passed.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
    /// Runs `work` on its own. Nothing may rely on it: a Lambda container freezes after its answer.
    fn spawn(&self, work: BoxFuture<'static, ()>);
    /// A uniformly random number.
    fn random(&self) -> u64;
}

/// One reading of both clocks of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Time since 1970-01-01 UTC by the wall clock, which may be set back or forward.
    pub wall: Duration,
    /// Time since some start by the monotonic clock, which may stand still while a container is frozen.
    pub monotonic: Duration,
}

/// When a time is over by either clock, in nanoseconds: two comparisons tell whether it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) wall: u64,
    pub(crate) monotonic: u64,
}

impl Moment {
    /// The longest time for which a clock that the kernel advances at its ticks stands still: 10 ms, at the 100 Hz of the
    /// slowest configuration.
    pub const TICK: Duration = Duration::from_millis(10);

    /// When `duration` after this may be over, though a glance still shows an earlier moment.
    pub(crate) fn end_of(self, duration: Duration) -> End {
        let Some(by_ticks) = duration.checked_sub(Self::TICK) else { return End { wall: 0, monotonic: 0 } };
        let after = |clock: Duration, duration| nanoseconds(clock.saturating_add(duration));
        End { wall: after(self.wall, by_ticks), monotonic: after(self.monotonic, duration) }
    }

    /// Whether neither clock has reached `end`: the one that advanced more counts.
    #[inline]
    pub(crate) fn is_before(self, end: End) -> bool {
        nanoseconds(self.wall) < end.wall && nanoseconds(self.monotonic) < end.monotonic
    }

    /// How long ago `earlier` was, by whichever clock advanced more.
    ///
    /// A frozen container's monotonic clock may have stood still, and a wall clock may have been set back; believing
    /// the one that says more never makes something look younger than it is, unless both are wrong.
    #[must_use]
    #[inline]
    pub fn since(self, earlier: Self) -> Duration {
        let wall = self.wall.saturating_sub(earlier.wall);
        wall.max(self.monotonic.saturating_sub(earlier.monotonic))
    }

    /// Milliseconds since 1970-01-01 UTC by the wall clock.
    #[must_use]
    pub fn unix_millis(self) -> u64 {
        millis(self.wall)
    }
}

/// A random share of a whole: at least 0, less than 1.
#[expect(clippy::cast_precision_loss, reason = "the upper 53 bits are what a share can hold, and are kept")]
pub(crate) fn share(environment: &dyn Environment) -> f64 {
    (environment.random() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Whole nanoseconds, up to the year 2554.
fn nanoseconds(duration: Duration) -> u64 {
    duration.as_secs().wrapping_mul(1_000_000_000).wrapping_add(u64::from(duration.subsec_nanos()))
}

/// Whole milliseconds.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// `future`'s output, or `None` if `limit` passes before it is there; then `future` is dropped.
pub(crate) async fn within<F: Future>(environment: &dyn Environment, limit: Duration, future: F) -> Option<F::Output> {
    let future = std::pin::pin!(future);
    match futures::future::select(future, environment.sleep(limit)).await {
        futures::future::Either::Left((output, _)) => Some(output),
        futures::future::Either::Right(((), _)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wall: u64, monotonic: u64) -> Moment {
        Moment { wall: Duration::from_secs(wall), monotonic: Duration::from_secs(monotonic) }
    }

    #[test]
    fn the_clock_that_advanced_more_counts() {
        assert_eq!(at(1_060, 60).since(at(1_000, 0)), Duration::from_secs(60));
        assert_eq!(at(4_600, 1).since(at(1_000, 0)), Duration::from_secs(3_600), "frozen for an hour");
        assert_eq!(at(500, 60).since(at(1_000, 0)), Duration::from_secs(60), "wall clock set back");
        assert_eq!(at(500, 0).since(at(1_000, 5)), Duration::ZERO);
    }

    #[test]
    fn a_time_is_over_by_whichever_clock_advanced_more_and_a_tick_early_by_the_wall_clock() {
        let end = at(1_000, 10).end_of(Duration::from_secs(5));
        assert!(at(1_004, 14).is_before(end));
        assert!(!at(1_005, 14).is_before(end) && !at(1_004, 15).is_before(end));
        let late = Duration::from_secs(5) - Moment::TICK;
        assert!(!Moment { wall: Duration::from_secs(1_000) + late, ..at(0, 14) }.is_before(end));
        assert!(at(500, 14).is_before(end), "wall clock set back");
        assert!(!at(0, 0).is_before(at(0, 0).end_of(Moment::TICK / 2)), "shorter than a tick");
    }
}
