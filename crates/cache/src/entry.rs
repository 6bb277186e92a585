use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::answer::Content;
use crate::environment::{End, Moment};
use crate::epoch::Fence;
use crate::key::Key;
use crate::look::{Look, Start};
use crate::policy::Policy;
use crate::statistics::TypeStatistics;

/// What an entry costs in memory beside its value and its key, in bytes.
const OVERHEAD: u64 = 256;

/// An answer as a process holds it: with its own fence and its own times, whoever fetched it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) content: Content,
    /// The epoch seen before its fetch began; `None` if none was, and then it is kept nowhere.
    pub(crate) fence: Option<Fence>,
    /// Whether a request's `Cache-Control` forced its fetch.
    pub(crate) forced: bool,
    /// Whether a renewal fetched it, and no request.
    pub(crate) warmed: bool,
    /// When its fetch began, if this process fetched it.
    pub(crate) fetched: Option<Start>,
    /// Its age when this process got it, and when that was.
    pub(crate) age_then: Duration,
    pub(crate) got: Moment,
    /// Until when a glance at the clocks tells that it is fresh.
    pub(crate) fresh_until: End,
    /// Its data type's, so that a hit need not look for them.
    pub(crate) counters: Arc<TypeStatistics>,
    /// Whether the store knows that it was used.
    pub(crate) used: AtomicBool,
    /// The version of the last look that found its fence good, plus one; 0 before any did.
    pub(crate) validated: AtomicU64,
}

/// Whether an entry of a good fence may be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usability {
    Fresh,
    /// Past its TTL, but short enough to be served while it is refreshed.
    WhileRevalidate,
    /// Past that, but usable if upstream fails.
    IfError,
    /// Past everything.
    Expired,
}

impl Entry {
    /// How long ago its fetch began.
    pub(crate) fn age(&self, now: Moment) -> Duration {
        self.age_then + now.since(self.got)
    }

    /// Whether it stays fresh for longer than `left`.
    pub(crate) fn stays_fresh_for(&self, left: Duration, now: Moment) -> bool {
        self.age(now).saturating_add(left) < self.content.lifetime
    }

    pub(crate) fn usability(&self, policy: &Policy, now: Moment) -> Usability {
        usability_of(self.age(now), self.content.lifetime, policy)
    }

    /// Whether its fence is good by `look`. Found good once, it stays good for as long as looks see the same epoch.
    pub(crate) fn is_good(&self, look: &Look) -> bool {
        if self.was_good_by(look.version) {
            return true;
        }
        let good = self.fence.is_some_and(|fence| look.validates(&self.key, fence));
        if good {
            self.validated.store(look.version + 1, Ordering::Relaxed);
        }
        good
    }

    /// Whether its fence was found good by a look of that version.
    pub(crate) fn was_good_by(&self, version: u64) -> bool {
        self.validated.load(Ordering::Relaxed) == version + 1
    }

    pub(crate) fn weight(&self) -> u64 {
        (self.content.value.len() + self.key.as_str().len()) as u64 + OVERHEAD
    }
}

/// Whether an entry of that age, which is fresh for `lifetime`, may be served if its fence is good.
pub(crate) fn usability_of(age: Duration, lifetime: Duration, policy: &Policy) -> Usability {
    let Some(overdue) = age.checked_sub(lifetime) else { return Usability::Fresh };
    if overdue < policy.stale_while_revalidate {
        Usability::WhileRevalidate
    } else if overdue < policy.stale_if_error {
        Usability::IfError
    } else {
        Usability::Expired
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::policy::FetchOncePer;
    use crate::scope::{Account, Scope};

    const POLICY: Policy = Policy {
        ttl: Duration::from_secs(300),
        stale_while_revalidate: Duration::from_secs(60),
        stale_if_error: Duration::from_secs(600),
        fetch_once_per: FetchOncePer::Fleet,
    };

    fn at(wall: u64, monotonic: u64) -> Moment {
        Moment { wall: Duration::from_secs(wall), monotonic: Duration::from_secs(monotonic) }
    }

    /// An entry that was 100 s old when it was got, with both clocks at 1,000 s.
    fn entry() -> Arc<Entry> {
        let scope = Scope { partition: "aws".into(), region: Some("us-east-1".into()), account: Account::Global };
        Arc::new(Entry {
            key: Key::new("ec2-instance-types", scope).expect("valid"),
            content: Content {
                value: Bytes::from_static(b"{}"),
                etag: "e".into(),
                lifetime: POLICY.ttl,
                created_at: 900_000,
            },
            fence: None,
            forced: false,
            warmed: false,
            fetched: None,
            age_then: Duration::from_secs(100),
            got: at(1_000, 1_000),
            fresh_until: at(1_000, 1_000).end_of(Duration::from_secs(200)),
            counters: Arc::default(),
            used: AtomicBool::new(false),
            validated: AtomicU64::new(0),
        })
    }

    fn check(wall: u64, monotonic: u64, expected: Usability) {
        assert_eq!(entry().usability(&POLICY, at(wall, monotonic)), expected, "wall {wall}, monotonic {monotonic}");
    }

    #[test]
    fn usability_follows_the_age() {
        check(1_199, 1_199, Usability::Fresh);
        check(1_200, 1_200, Usability::WhileRevalidate);
        check(1_259, 1_259, Usability::WhileRevalidate);
        check(1_260, 1_260, Usability::IfError);
        check(1_800, 1_800, Usability::Expired);
    }

    #[test]
    fn expiry_survives_a_freeze_and_a_clock_set_back() {
        check(4_600, 1_001, Usability::Expired);
        check(1, 1_200, Usability::WhileRevalidate);
        check(1, 1_001, Usability::Fresh);
    }
}
