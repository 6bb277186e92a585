use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::environment::Moment;
use crate::policy::BreakerSettings;

/// A circuit breaker on the injected clock: after some failures in a row it leaves the store alone for a while, then
/// lets one probe through.
pub(crate) struct Breaker {
    settings: BreakerSettings,
    state: Mutex<State>,
}

/// What the breaker makes of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Closed {
        /// In a row, up to now.
        failures: u32,
    },
    Open {
        since: Moment,
    },
    /// One request is finding out whether it answers again.
    Probing,
}

/// Leave to ask the store once. A probe that is dropped without a verdict counts as no answer in time.
pub(crate) struct Pass<'a> {
    breaker: &'a Breaker,
    asked: Moment,
    /// Whether it is the one that a half-open breaker let through and has heard nothing of.
    probing: bool,
}

impl Breaker {
    pub(crate) fn new(settings: BreakerSettings) -> Self {
        Self { settings, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// Leave to ask the store, or `None` while it is left alone.
    pub(crate) fn pass(&self, now: Moment) -> Option<Pass<'_>> {
        let mut state = self.lock();
        let probing = match *state {
            State::Closed { .. } => false,
            State::Open { since } if now.since(since) >= self.settings.open_for => true,
            State::Open { .. } | State::Probing => return None,
        };
        if probing {
            *state = State::Probing;
        }
        Some(Pass { breaker: self, asked: now, probing })
    }

    /// Leave to ask the store whatever the breaker thinks, for what can't be done without it.
    pub(crate) fn pass_anyway(&self, now: Moment) -> Pass<'_> {
        Pass { breaker: self, asked: now, probing: false }
    }

    /// Whether it is too early to ask again, for a question that is no probe and needs no pass.
    pub(crate) fn leaves_alone(&self, now: Moment) -> bool {
        matches!(*self.lock(), State::Open { since } if now.since(since) < self.settings.open_for)
    }

    pub(crate) fn state(&self) -> State {
        *self.lock()
    }

    /// Counts a failure; whether it opened the breaker.
    fn failed(&self, now: Moment) -> bool {
        let mut state = self.lock();
        let (next, opened) = match *state {
            State::Closed { failures } if failures + 1 < self.settings.failures => {
                (State::Closed { failures: failures + 1 }, false)
            }
            State::Closed { .. } => (State::Open { since: now }, true),
            State::Probing => (State::Open { since: now }, false),
            open @ State::Open { .. } => (open, false),
        };
        *state = next;
        opened
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// The store answered; whether that closed the breaker.
    pub(crate) fn succeeded(mut self) -> bool {
        self.probing = false;
        let before = std::mem::replace(&mut *self.breaker.lock(), State::Closed { failures: 0 });
        !matches!(before, State::Closed { .. })
    }

    /// The store did not answer, or not in time; whether that opened the breaker.
    pub(crate) fn failed(mut self, now: Moment) -> bool {
        self.probing = false;
        self.breaker.failed(now)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        // A request that was given up says nothing of a store believed well, but a probe must not stay out for ever.
        if self.probing {
            self.breaker.failed(self.asked);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const OPEN_FOR: Duration = Duration::from_secs(60);

    fn breaker() -> Breaker {
        Breaker::new(BreakerSettings { failures: 3, open_for: OPEN_FOR })
    }

    fn at(seconds: u64) -> Moment {
        Moment { wall: Duration::from_secs(1_000 + seconds), monotonic: Duration::from_secs(seconds) }
    }

    fn fail(breaker: &Breaker, seconds: u64) {
        breaker.pass(at(seconds)).expect("closed").failed(at(seconds));
    }

    #[test]
    fn failures_in_a_row_open_it_and_a_success_between_starts_the_count_again() {
        let breaker = breaker();
        fail(&breaker, 0);
        fail(&breaker, 0);
        breaker.pass(at(0)).expect("closed").succeeded();
        fail(&breaker, 1);
        fail(&breaker, 1);
        assert!(breaker.pass(at(1)).is_some());
        fail(&breaker, 1);
        assert!(breaker.pass(at(60)).is_none(), "59 s after it opened");
    }

    #[test]
    fn half_open_lets_one_probe_through_and_believes_it() {
        let breaker = breaker();
        (0..3).for_each(|_| fail(&breaker, 0));
        let probe = breaker.pass(at(60)).expect("half-open");
        assert!(breaker.pass(at(60)).is_none(), "one probe only");
        probe.failed(at(61));
        assert!(breaker.pass(at(120)).is_none());
        breaker.pass(at(121)).expect("half-open again").succeeded();
        assert_eq!(breaker.state(), State::Closed { failures: 0 });
    }

    #[test]
    fn opening_and_closing_are_told_once() {
        let breaker = breaker();
        let fail = |seconds| breaker.pass_anyway(at(seconds)).failed(at(seconds));
        assert_eq!([fail(0), fail(0), fail(0), fail(0)], [false, false, true, false]);
        assert!(!breaker.pass(at(60)).expect("half-open").failed(at(60)), "it was open");
        assert!(breaker.pass(at(120)).expect("half-open").succeeded());
        assert!(!breaker.pass(at(120)).expect("closed").succeeded());
    }

    #[test]
    fn what_is_no_probe_may_be_asked_when_one_may() {
        let breaker = breaker();
        assert!(!breaker.leaves_alone(at(0)));
        (0..3).for_each(|_| fail(&breaker, 0));
        assert!(breaker.leaves_alone(at(59)));
        assert!(!breaker.leaves_alone(at(60)));
        assert!(breaker.pass(at(60)).is_some(), "it was none");
    }

    #[test]
    fn a_probe_that_is_given_up_does_not_stay_out_for_ever() {
        let breaker = breaker();
        (0..3).for_each(|_| fail(&breaker, 0));
        drop(breaker.pass(at(60)).expect("half-open"));
        assert!(breaker.pass(at(119)).is_none());
        assert!(breaker.pass(at(120)).is_some());
    }

    #[test]
    fn a_frozen_monotonic_clock_does_not_keep_it_open() {
        let breaker = breaker();
        (0..3).for_each(|_| fail(&breaker, 0));
        let woken = Moment { wall: at(60).wall, monotonic: at(0).monotonic };
        assert!(breaker.pass(woken).is_some());
    }
}
