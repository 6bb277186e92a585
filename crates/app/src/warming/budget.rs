use std::collections::VecDeque;
use std::time::Duration;

const MINUTE: Duration = Duration::from_mins(1);

/// How many fetches may begin within any minute. Moments are those of one clock.
pub(super) struct Budget {
    most: usize,
    /// When those of the last minute began, oldest first.
    begun: VecDeque<Duration>,
}

impl Budget {
    pub(super) fn a_minute(most: usize) -> Self {
        Self { most, begun: VecDeque::with_capacity(most) }
    }

    /// How long it is until another may begin; no time at all if it may now.
    pub(super) fn wait(&mut self, now: Duration) -> Duration {
        while self.begun.front().is_some_and(|begun| *begun + MINUTE <= now) {
            self.begun.pop_front();
        }
        let oldest = self.begun.front().filter(|_| self.begun.len() >= self.most);
        oldest.map_or(Duration::ZERO, |begun| *begun + MINUTE - now)
    }

    /// One begins.
    pub(super) fn take(&mut self, now: Duration) {
        self.begun.push_back(now);
    }

    /// One that began asked nothing of AWS. Which one it was, is all the same but for less than the time it took.
    pub(super) fn give_back(&mut self) {
        self.begun.pop_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn in_no_minute_there_are_more_than_allowed() {
        let mut budget = Budget::a_minute(2);
        for now in [100, 130] {
            assert_eq!(budget.wait(at(now)), Duration::ZERO);
            budget.take(at(now));
        }
        assert_eq!(budget.wait(at(130)), at(30));
        assert_eq!(budget.wait(at(159)), at(1));
        assert_eq!(budget.wait(at(160)), Duration::ZERO);
        budget.take(at(160));
        assert_eq!(budget.wait(at(161)), at(29));
    }

    #[test]
    fn what_asked_nothing_is_not_counted() {
        let mut budget = Budget::a_minute(1);
        budget.take(at(5));
        budget.give_back();
        assert_eq!(budget.wait(at(5)), Duration::ZERO);
    }
}
