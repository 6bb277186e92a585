use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use crate::{AccountId, FailureKind, FetchError, RegisteredAccount};

/// How long an account may stand in for a table that can't be read, counted from when it was read.
const STANDS_IN_FOR: Duration = Duration::from_mins(15);
/// How long the table is left alone after it could not be read.
const TRIED_AGAIN_AFTER: Duration = Duration::from_secs(10);

/// What was found before, for while the table is out of reach.
#[derive(Debug, Default)]
pub(super) struct Kept {
    found: HashMap<AccountId, (SystemTime, RegisteredAccount)>,
    failed: Option<SystemTime>,
}

impl Kept {
    /// The account, without asking a table that was out of reach just now.
    pub(super) fn instead(&self, account: &AccountId, now: SystemTime) -> Option<RegisteredAccount> {
        let just_now = self.failed.and_then(|failed| now.duration_since(failed).ok());
        just_now.filter(|ago| *ago < TRIED_AGAIN_AFTER).and_then(|_| self.standing_in(account, now))
    }

    /// What counts after a read at `now`: what was read; or, where the table was out of reach, what was found before. A
    /// refusal is no such thing: who may no longer read the table may not go on by its roles.
    pub(super) fn after(
        &mut self,
        account: &AccountId,
        read: Result<Option<RegisteredAccount>, FetchError>,
        now: SystemTime,
    ) -> Result<Option<RegisteredAccount>, FetchError> {
        self.failed = None;
        match &read {
            Ok(Some(registered)) => {
                self.found.insert(account.clone(), (now, registered.clone()));
            }
            Err(error) if is_out_of_reach(error) => {
                if let Some(registered) = self.standing_in(account, now) {
                    self.failed = Some(now);
                    return Ok(Some(registered));
                }
            }
            Ok(None) | Err(_) => self.forget(account),
        }
        read
    }

    /// Nothing was found of that account.
    pub(super) fn forget(&mut self, account: &AccountId) {
        self.found.remove(account);
    }

    /// A clock that was set back ends it.
    fn standing_in(&self, account: &AccountId, now: SystemTime) -> Option<RegisteredAccount> {
        let (read, registered) = self.found.get(account)?;
        let age = now.duration_since(*read).ok()?;
        (age < STANDS_IN_FOR).then(|| registered.clone())
    }
}

fn is_out_of_reach(error: &FetchError) -> bool {
    matches!(error.kind, FailureKind::Throttled | FailureKind::Timeout | FailureKind::Unavailable)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn account() -> AccountId {
        AccountId::parse("444455556666").expect("12 digits")
    }

    fn found() -> Option<RegisteredAccount> {
        Some(RegisteredAccount::unnamed(account()))
    }

    fn failure(kind: FailureKind) -> Result<Option<RegisteredAccount>, FetchError> {
        Err(FetchError::new(kind, "dynamodb:GetItem", "no"))
    }

    fn filled() -> Kept {
        let mut kept = Kept::default();
        assert_eq!(kept.after(&account(), Ok(found()), at(1_000)), Ok(found()));
        kept
    }

    #[test]
    fn what_can_be_read_is_read() {
        let mut kept = filled();
        assert_eq!(kept.instead(&account(), at(1_000)), None, "the table is asked each time");
        assert_eq!(kept.after(&account(), Ok(None), at(1_001)), Ok(None));
        assert!(kept.after(&account(), failure(FailureKind::Timeout), at(1_002)).is_err(), "it is gone");
    }

    #[test]
    fn an_account_stands_in_for_a_quarter_of_an_hour() {
        let mut kept = filled();
        for now in [1_001, 1_011, 1_899] {
            assert_eq!(kept.after(&account(), failure(FailureKind::Unavailable), at(now)), Ok(found()));
            let instead = [9, 10].map(|later| kept.instead(&account(), at(now + later)).is_some());
            assert_eq!(instead, [now + 9 < 1_900, false], "it is left alone, then tried again");
        }
        assert!(kept.after(&account(), failure(FailureKind::Unavailable), at(1_900)).is_err());
    }

    #[rstest]
    #[case(FailureKind::AccessDenied)]
    #[case(FailureKind::Credentials)]
    #[case(FailureKind::Malformed)]
    fn nothing_stands_in_for_a_refusal(#[case] kind: FailureKind) {
        let mut kept = filled();
        assert_eq!(kept.after(&account(), failure(kind.clone()), at(1_001)), failure(kind));
        assert!(kept.after(&account(), failure(FailureKind::Timeout), at(1_002)).is_err());
    }
}
