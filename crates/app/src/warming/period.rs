use std::time::Duration;

use larder_cache::store::Listed;

/// How much later than this one the next run may be done with an entry than `every`.
const MARGIN: Duration = Duration::from_mins(1);

/// The time from the last run, by the schedule, to the end of the next. In milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(super) struct Period {
    now: u64,
    every: Duration,
}

impl Period {
    pub(super) fn around(now: u64, every: Duration) -> Self {
        Self { now, every }
    }

    /// How long an entry has to be fresh to be left to the next run.
    pub(super) fn fresh_enough(&self) -> Duration {
        self.every + MARGIN
    }

    /// Whether an entry has expired since the last run: this one sees its end, and no other.
    pub(super) fn has_seen_the_end_of(&self, entry: &Listed) -> bool {
        entry.expires_at <= self.now && entry.expires_at.saturating_add(millis(self.every)) > self.now
    }

    /// Whether an entry expires before the next run is done with it, or did so since the last.
    pub(super) fn is_the_last_of(&self, entry: &Listed) -> bool {
        let is_urgent = entry.expires_at <= self.now.saturating_add(millis(self.fresh_enough()));
        is_urgent && (entry.expires_at > self.now || self.has_seen_the_end_of(entry))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::long_over(-300, (false, false))]
    #[case::since_the_last_run(-299, (true, true))]
    #[case::just_now(0, (true, true))]
    #[case::not_yet(1, (true, false))]
    #[case::before_the_next_run_is_done(360, (true, false))]
    #[case::after_it(361, (false, false))]
    fn a_run_cares_for_what_ends_between_the_last_and_the_next(#[case] left: i64, #[case] expected: (bool, bool)) {
        let now = 1_762_000_000_u64;
        let entry = Listed {
            key: "ec2-subnets#us-east-1#111122223333".to_owned(),
            data_type: "ec2-subnets".to_owned(),
            region: "us-east-1".to_owned(),
            account_id: "111122223333".to_owned(),
            created_at: 0,
            expires_at: now.checked_add_signed(left).expect("after 1970") * 1_000,
            used_at: None,
            warmed: false,
            size: 2,
            fenced: None,
        };
        let period = Period::around(now * 1_000, Duration::from_secs(300));
        assert_eq!((period.is_the_last_of(&entry), period.has_seen_the_end_of(&entry)), expected);
    }
}
