use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use larder_cache::Environment;
use larder_sources::Waiting;

/// The world that the cache has, for who asks CloudTrail in turn.
pub(super) struct WaitingIn(pub(super) Arc<dyn Environment>);

impl Waiting for WaitingIn {
    fn elapsed(&self) -> Duration {
        self.0.now().monotonic
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(duration)
    }

    fn random(&self) -> u64 {
        self.0.random()
    }
}
