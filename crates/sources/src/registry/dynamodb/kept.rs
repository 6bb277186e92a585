use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::{FetchError, RegisteredAccount};

type Accounts = Arc<[RegisteredAccount]>;

/// How long a list that was read counts.
const FRESH_FOR: Duration = Duration::from_secs(60);
/// How long it may stand in for a table that can't be read, counted from when it was read.
const STANDS_IN_FOR: Duration = Duration::from_mins(15);
/// How long it stands in before the table is tried again.
const TRIED_AGAIN_AFTER: Duration = Duration::from_secs(10);
/// How long a failure counts where there is no list: so that those who waited for the read share it.
const FAILED_FOR: Duration = Duration::from_secs(1);

/// What the last read gave, and how long it counts.
#[derive(Debug)]
pub(super) struct Kept {
    accounts: Result<Accounts, FetchError>,
    /// When the list, or the failure, was had.
    read: SystemTime,
    /// Since when it counts, and for how long.
    from: SystemTime,
    lasts: Duration,
}

impl Kept {
    /// What counts after a read at `now`, with what was kept before it.
    pub(super) fn after(before: Option<Self>, read: Result<Accounts, FetchError>, now: SystemTime) -> Self {
        match (read, before) {
            (Ok(accounts), _) => Self { accounts: Ok(accounts), read: now, from: now, lasts: FRESH_FOR },
            (Err(_), Some(before)) if before.stands_in(now) => Self { from: now, lasts: TRIED_AGAIN_AFTER, ..before },
            (Err(error), _) => Self { accounts: Err(error), read: now, from: now, lasts: FAILED_FOR },
        }
    }

    /// What counts at `now`, if anything does. A clock that was set back ends it.
    pub(super) fn at(&self, now: SystemTime) -> Option<Result<Accounts, FetchError>> {
        let age = now.duration_since(self.from).ok()?;
        (age < self.lasts).then(|| self.latest())
    }

    /// What was kept last, whatever the time.
    pub(super) fn latest(&self) -> Result<Accounts, FetchError> {
        self.accounts.clone()
    }

    fn stands_in(&self, now: SystemTime) -> bool {
        self.accounts.is_ok() && now.duration_since(self.read).is_ok_and(|age| age < STANDS_IN_FOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FailureKind;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn failure() -> Result<Accounts, FetchError> {
        Err(FetchError::new(FailureKind::Unavailable, "dynamodb:Scan", "gone"))
    }

    fn list() -> Result<Accounts, FetchError> {
        Ok(Arc::new([]))
    }

    #[test]
    fn a_list_counts_for_a_minute() {
        let kept = Kept::after(None, list(), at(1_000));
        assert_eq!([1_000, 1_059, 1_060].map(|now| kept.at(at(now)).is_some()), [true, true, false]);
        assert_eq!(kept.at(at(999)), None, "a clock set back");
    }

    #[test]
    fn a_list_stands_in_for_a_quarter_of_an_hour() {
        let mut kept = Kept::after(None, list(), at(1_000));
        for now in [1_060, 1_070, 1_899] {
            kept = Kept::after(Some(kept), failure(), at(now));
            assert_eq!(kept.at(at(now + 9)), Some(list()));
            assert_eq!(kept.at(at(now + 10)), None, "it is tried again");
        }
        let kept = Kept::after(Some(kept), failure(), at(1_900));
        assert_eq!(kept.latest(), failure());
    }

    #[test]
    fn a_failure_counts_for_a_second_and_is_no_list() {
        let kept = Kept::after(None, failure(), at(1_000));
        assert_eq!(kept.at(at(1_000)), Some(failure()));
        assert_eq!(kept.at(at(1_001)), None);
        let kept = Kept::after(Some(kept), failure(), at(1_001));
        assert_eq!(kept.latest(), failure());
        assert_eq!(Kept::after(Some(kept), list(), at(1_002)).latest(), list());
    }
}
