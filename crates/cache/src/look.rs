use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::environment::{Environment, Moment};
use crate::epoch::{Epoch, Fence};
use crate::key::Key;
use crate::trust::Trust;

/// What a container saw of the epoch, dated at the moment its read was sent: an answer is as old as its question.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) epoch: Arc<Epoch>,
    pub(crate) sent: Start,
    /// Which content this is: two looks of one version saw the same epoch.
    pub(crate) version: u64,
}

/// When something began in this process: by the clocks, and by an order that no clock can disturb.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    pub(crate) at: Moment,
    sequence: u64,
}

/// The newest look of a process, and the order in which things began in it.
pub(crate) struct Looks {
    window: Duration,
    sequence: AtomicU64,
    newest: RwLock<Option<Arc<Look>>>,
    trust: Trust,
}

impl Start {
    /// Whether what began here is new enough for a request that began at `request`: no earlier than the request, or
    /// than the window before it.
    pub(crate) fn serves(&self, request: &Self, window: Duration) -> bool {
        self.sequence >= request.sequence || (!window.is_zero() && request.at.since(self.at) <= window)
    }

    fn is_later_than(&self, other: &Self) -> bool {
        self.sequence > other.sequence
    }
}

impl Looks {
    pub(crate) fn new(window: Duration) -> Self {
        Self { window, sequence: AtomicU64::new(0), newest: RwLock::new(None), trust: Trust::default() }
    }

    pub(crate) fn window(&self) -> Duration {
        self.window
    }

    /// Dates a request, or a read that is about to be sent.
    pub(crate) fn start(&self, environment: &dyn Environment) -> Start {
        // Numbered after the clocks are read, so that a later number never goes with an earlier reading's trust.
        let at = environment.now();
        Start { at, sequence: self.sequence.fetch_add(1, Ordering::SeqCst) }
    }

    /// The newest look if `request` may use it.
    pub(crate) fn usable_by(&self, request: &Start) -> Option<Arc<Look>> {
        self.newest().filter(|look| look.sent.serves(request, self.window))
    }

    /// The newest look, whatever its age: good enough for a fence, not for a verdict.
    pub(crate) fn newest(&self) -> Option<Arc<Look>> {
        self.newest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The version of the newest look, if a request that begins at `now`, a glance at the clocks, may surely use that.
    pub(crate) fn version_at_a_glance(&self, now: Moment) -> Option<u64> {
        self.trust.at(now)
    }

    /// Keeps what a read sent at `sent` answered, unless a later one has answered; the look that it made.
    pub(crate) fn keep(&self, epoch: Epoch, sent: Start) -> Arc<Look> {
        let mut newest = self.newest.write().unwrap_or_else(PoisonError::into_inner);
        let (epoch, version) = match &*newest {
            Some(known) if *known.epoch == epoch => (known.epoch.clone(), known.version),
            _ => (Arc::new(epoch), self.sequence.fetch_add(1, Ordering::SeqCst)),
        };
        let look = Arc::new(Look { epoch, sent, version });
        if newest.as_ref().is_none_or(|known| sent.is_later_than(&known.sent)) {
            self.trust.put(sent.at.end_of(self.window), version);
            *newest = Some(look.clone());
        }
        look
    }
}

impl Look {
    /// Whether a value of `key` fetched under `fence` may be used by whoever may use this look.
    pub(crate) fn validates(&self, key: &Key, fence: Fence) -> bool {
        self.epoch.death_of(key, fence).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::epoch::Incarnation;

    fn start(sequence: u64, seconds: u64) -> Start {
        let at = Moment { wall: Duration::from_secs(1_000 + seconds), monotonic: Duration::from_secs(seconds) };
        Start { at, sequence }
    }

    fn epoch(counter: u64) -> Epoch {
        Epoch { counter, ..Epoch::first(Incarnation::new(0, 1)) }
    }

    #[test]
    fn a_look_serves_requests_that_began_within_the_window_after_it_was_sent() {
        let window = Duration::from_secs(2);
        assert!(start(0, 10).serves(&start(1, 12), window));
        assert!(!start(0, 10).serves(&start(1, 13), window));
        assert!(start(5, 10).serves(&start(1, 9), window), "sent after the request began");
    }

    #[test]
    fn at_window_zero_order_is_a_sequence_and_not_a_clock() {
        assert!(!start(0, 10).serves(&start(1, 10), Duration::ZERO), "sent before, in the same instant");
        assert!(start(2, 10).serves(&start(1, 10), Duration::ZERO));
    }

    #[test]
    fn an_answer_sent_earlier_never_replaces_one_sent_later() {
        let looks = Looks::new(Duration::from_secs(2));
        looks.keep(epoch(4), start(101, 1));
        let late = looks.keep(epoch(3), start(100, 1));
        assert_eq!(late.epoch.counter, 3, "its asker gets its own");
        assert_eq!(looks.newest().expect("kept").epoch.counter, 4);
        looks.keep(epoch(5), start(102, 2));
        assert_eq!(looks.newest().expect("kept").epoch.counter, 5);
    }

    #[test]
    fn equal_content_is_one_version_and_other_content_another() {
        let looks = Looks::new(Duration::ZERO);
        let first = looks.keep(epoch(4), start(100, 1)).version;
        assert_eq!(looks.keep(epoch(4), start(101, 1)).version, first);
        assert_ne!(looks.keep(epoch(5), start(102, 1)).version, first);
    }
}
