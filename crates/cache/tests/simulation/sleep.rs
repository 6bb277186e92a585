use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::executor::{Executor, Place};
use crate::timeline::Timer;

/// Resolves once its place has lived until a timer is due; never, if it was killed before.
pub(crate) struct Sleep {
    executor: Arc<Executor>,
    place: Place,
    timer: Timer,
}

impl Sleep {
    pub(crate) fn new(executor: Arc<Executor>, place: Place, timer: Timer) -> Self {
        Self { executor, place, timer }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let (until, _) = self.timer;
        if self.executor.lived(self.place).is_some_and(|lived| lived >= until) {
            return Poll::Ready(());
        }
        self.executor.set_timer(self.place, self.timer, context.waker());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.executor.forget_timer(self.place, self.timer);
    }
}
