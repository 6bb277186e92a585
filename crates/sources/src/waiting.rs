use std::time::Duration;

use futures::future::BoxFuture;

/// What asking at a certain rate takes from the world. Injected, so that tests wait for nothing.
pub trait Waiting: Send + Sync + 'static {
    /// Time since some start, by a clock that nobody sets.
    fn elapsed(&self) -> Duration;
    /// Resolves once `duration` has passed.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
    /// A uniformly random number.
    fn random(&self) -> u64;
}
