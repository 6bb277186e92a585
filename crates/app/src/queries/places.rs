use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use futures::future::{Either, select};
use larder_cache::Environment;
use tokio::sync::Semaphore;

/// How many regions of one question are asked side by side.
///
/// A region waits for its place before the cache is asked, where it holds neither a lease nor a flight that others wait
/// for. One that is slow gives its place to the next after its share of the time, and goes on without one: whatever
/// hangs, every region is asked, what is cached is found, and no slow answer is given up before the deadline.
pub(super) struct Places {
    side_by_side: usize,
    free: Semaphore,
    /// How many regions have had no place yet.
    waiting: AtomicUsize,
}

impl Places {
    /// So many places for so many regions.
    pub(super) fn new(side_by_side: usize, regions: usize) -> Self {
        let side_by_side = side_by_side.clamp(1, Semaphore::MAX_PERMITS);
        Self { side_by_side, free: Semaphore::new(side_by_side), waiting: AtomicUsize::new(regions) }
    }

    /// Does one region's `work` in a place. `left` is what is left of the question's time.
    pub(super) async fn give<F: Future>(
        &self,
        environment: &dyn Environment,
        left: impl FnOnce() -> Duration,
        work: F,
    ) -> F::Output {
        let place = self.free.acquire().await;
        let rounds = self.waiting.fetch_sub(1, Relaxed).div_ceil(self.side_by_side);
        let share = left() / u32::try_from(rounds).unwrap_or(u32::MAX).max(1);
        match select(pin!(work), environment.sleep(share)).await {
            Either::Left((output, _)) => output,
            Either::Right(((), work)) => {
                drop(place);
                work.await
            }
        }
    }
}
