use std::time::Duration;

use futures::future::BoxFuture;

/// Everything the cache takes from the world but its store and upstream: now, sleep, spawn and random.
///
/// Injected, so that the whole cache runs unmodified inside a simulator.
pub trait Environment: Send + Sync + 'static {
    /// The two clocks, read together.
    fn now(&self) -> Moment;
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

impl Moment {
    /// How long ago `earlier` was, by whichever clock advanced more.
    ///
    /// A frozen container's monotonic clock may have stood still, and a wall clock may have been set back; believing
    /// the one that says more never makes something look younger than it is, unless both are wrong.
    #[must_use]
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
}
