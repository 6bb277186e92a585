use std::time::Duration;

/// How long a data type may be fresh if no row says: 5 minutes.
const UNLISTED_FRESH: Duration = Duration::from_mins(5);
/// How long past its TTL an answer may be served while it is fetched again: 60 s, or the TTL where that is shorter.
const DEFAULT_STALE_WHILE_REVALIDATE: Duration = Duration::from_secs(60);
/// How long past its TTL an answer may stand in for an upstream that fails: 24 h.
const DEFAULT_STALE_IF_ERROR: Duration = Duration::from_hours(24);

/// How long an answer may be used. The last two are RFC 5861's, counted from the end of `fresh`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TtlPolicy {
    /// The TTL.
    pub fresh: Duration,
    /// Past the TTL: may be served while it is fetched again.
    pub stale_while_revalidate: Duration,
    /// Past the TTL: may be served when upstream fails.
    pub stale_if_error: Duration,
}

impl TtlPolicy {
    /// The policy of a data type that no row lists.
    pub const UNLISTED: Self = Self::fresh_for(UNLISTED_FRESH);

    /// That TTL, and the defaults for what comes after it.
    #[must_use]
    pub const fn fresh_for(fresh: Duration) -> Self {
        let shorter = fresh.as_nanos() < DEFAULT_STALE_WHILE_REVALIDATE.as_nanos();
        Self {
            fresh,
            stale_while_revalidate: if shorter { fresh } else { DEFAULT_STALE_WHILE_REVALIDATE },
            stale_if_error: DEFAULT_STALE_IF_ERROR,
        }
    }
}

impl Default for TtlPolicy {
    fn default() -> Self {
        Self::UNLISTED
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Duration::from_mins(5), Duration::from_secs(60))]
    #[case(Duration::from_secs(60), Duration::from_secs(60))]
    #[case(Duration::from_secs(10), Duration::from_secs(10))]
    #[case(Duration::ZERO, Duration::ZERO)]
    fn stale_while_revalidate_is_never_longer_than_the_ttl(#[case] fresh: Duration, #[case] stale: Duration) {
        let policy = TtlPolicy::fresh_for(fresh);
        assert_eq!(policy.fresh, fresh);
        assert_eq!(policy.stale_while_revalidate, stale);
        assert_eq!(policy.stale_if_error, DEFAULT_STALE_IF_ERROR);
    }

    #[test]
    fn an_unlisted_type_is_fresh_for_5_minutes() {
        assert_eq!(TtlPolicy::default().fresh, Duration::from_secs(300));
    }
}
