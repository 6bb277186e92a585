use std::time::Duration;

use larder_sources::{Cost, DataType};

/// What lives shorter is fetched when it is asked for: kept warm, it would be fetched more often than that.
const SHORTEST_TTL: Duration = Duration::from_mins(5);

/// Why entries of a data type are not kept warm, if they aren't, in words for people.
pub(super) fn why_unwarmed(data_type: &DataType, ttl: Duration, every: Duration) -> Option<String> {
    if data_type.cost == Cost::EachCall {
        return Some("each call of AWS for it costs money".to_owned());
    }
    let shortest = every.max(SHORTEST_TTL);
    (ttl < shortest).then(|| format!("its TTL of {} s is shorter than {} s", ttl.as_secs(), shortest.as_secs()))
}

#[cfg(test)]
mod tests {
    use larder_sources::{Aws, FetchError, Scope, ScopeRule, Source};
    use rstest::rstest;

    use super::*;

    struct Bill;

    impl Source for Bill {
        const NAME: &'static str = "bill";
        const SUMMARY: &'static str = "What was spent";
        const PATH: &'static str = "/bill";
        const COST: Cost = Cost::EachCall;
        const SCOPE: ScopeRule = ScopeRule::Account;
        const IAM_ACTIONS: &'static [&'static str] = &["ce:GetCostAndUsage"];

        type Answer = String;

        async fn fetch(_: &Aws, _: &Scope) -> Result<String, FetchError> {
            Ok("a lot".to_owned())
        }
    }

    #[test]
    fn what_costs_money_is_not_kept_warm_however_long_it_lives() {
        let why = why_unwarmed(&DataType::of::<Bill>(), Duration::from_hours(24), Duration::from_mins(5));
        assert_eq!(why.as_deref(), Some("each call of AWS for it costs money"));
    }

    #[rstest]
    #[case(299, 300, true)]
    #[case(300, 300, false)]
    #[case(299, 60, true)]
    #[case(300, 60, false)]
    #[case(899, 900, true)]
    #[case(900, 900, false)]
    fn what_lives_shorter_than_five_minutes_or_the_time_between_runs_is_not(
        #[case] ttl: u64,
        #[case] every: u64,
        #[case] unwarmed: bool,
    ) {
        let row = larder_sources::data_type("ec2-subnets").expect("a row");
        let why = why_unwarmed(row, Duration::from_secs(ttl), Duration::from_secs(every));
        assert_eq!(why.is_some(), unwarmed, "{why:?}");
    }
}
