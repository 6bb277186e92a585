use std::time::Duration;

use larder_history::What;

use super::SyncRequest;

/// After how long it is tried again where the history can't be written.
const SOON: Duration = Duration::from_secs(30);
/// The longest that a sync is put off that has no period.
const LATER: Duration = Duration::from_secs(60 * 60);

/// What became of a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// It is over, and the history had what AWS told.
    Whole,
    /// AWS was asked, and the history did not keep all of it.
    NotKept,
    /// AWS was not asked.
    NotBegun,
}

/// How long after a sync the next one is.
#[derive(Debug)]
pub(super) struct Pace {
    every: Duration,
    is_paid: bool,
    put_off: Duration,
}

impl Pace {
    /// That of a sync with that period; zero is none.
    pub(super) fn of(every: Duration, request: &SyncRequest) -> Self {
        Self { every, is_paid: is_paid(request), put_off: SOON }
    }

    /// How long until the next one; `None` where there is none. What is paid for is not had again before its time, as it
    /// may be lost again; the rest is had ever more seldom.
    pub(super) fn after(&mut self, done: Done) -> Option<Duration> {
        let of_period = (!self.every.is_zero()).then_some(self.every);
        let longest = of_period.unwrap_or(LATER);
        let put_off = self.put_off.min(longest);
        self.put_off = if done == Done::NotKept { (2 * put_off).min(longest) } else { SOON };
        match done {
            Done::NotBegun => Some(SOON),
            Done::NotKept if !self.is_paid => Some(put_off),
            Done::Whole | Done::NotKept => of_period,
        }
    }
}

/// Whether AWS charges for it.
pub(super) fn is_paid(request: &SyncRequest) -> bool {
    request.whats.contains(&What::Costs)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(60 * 60);

    fn after(pace: &mut Pace, done: Done) -> Option<u64> {
        pace.after(done).map(|wait| wait.as_secs())
    }

    #[test]
    fn what_is_free_and_not_kept_is_had_again_ever_more_seldom() {
        let mut pace = Pace::of(HOUR, &SyncRequest::of_resources());
        let waits = [Done::NotKept; 9].map(|done| after(&mut pace, done));
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600].map(Some));
        assert_eq!(after(&mut pace, Done::Whole), Some(3_600));
        assert_eq!([Done::NotKept, Done::NotBegun].map(|done| after(&mut pace, done)), [30, 30].map(Some));
    }

    #[test]
    fn what_is_paid_for_is_had_once_in_its_period() {
        let mut pace = Pace::of(24 * HOUR, &SyncRequest::of_costs());
        let waits = [Done::NotBegun, Done::NotKept, Done::NotKept, Done::Whole].map(|done| after(&mut pace, done));
        assert_eq!(waits, [30, 86_400, 86_400, 86_400].map(Some));
    }

    #[test]
    fn what_has_no_period_is_had_once() {
        let mut pace = Pace::of(Duration::ZERO, &SyncRequest::of_costs());
        let waits = [Done::NotBegun, Done::NotKept, Done::Whole].map(|done| after(&mut pace, done));
        assert_eq!(waits, [Some(30), None, None]);
        let mut pace = Pace::of(Duration::ZERO, &SyncRequest::of_resources());
        assert_eq!([Done::NotKept, Done::Whole].map(|done| after(&mut pace, done)), [Some(30), None]);
    }
}
