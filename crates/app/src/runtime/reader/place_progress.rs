use larder_runtime::{Coverage, Month, Second, Span};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Principal;
use crate::runtime::{Place, Progress};

const DAY: i64 = 24 * 60 * 60;
/// What the hourly run may lag behind, in seconds, before it is said: two of them, and CloudTrail's own delay.
const LAG: i64 = (2 * 60 + 15) * 60;

/// How far the events of an account and region were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlaceProgress {
    /// Twelve digits.
    pub account_id: String,
    /// Such as `us-east-1`.
    pub region: String,
    /// The days of the month whose events were read, such as `2025-11-02`.
    pub covered_days: Vec<String>,
    /// Why the last run could not do all there, if it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub failure: Option<String>,
    /// The days whose events were not, or not all; minutes are bounded by what may have happened in them.
    pub missing_days: Vec<String>,
}

impl PlaceProgress {
    /// `None` where every event of the month until a while ago was read, and nothing failed.
    pub(super) fn of(place: &Place, progress: &Progress, month: Month, now: Second) -> Option<Self> {
        Self::of_events(place, &progress.covered(), progress.failure.clone(), month, now)
    }

    /// AWS's words name users, roles and accounts, so they are only for who may see every account.
    pub(super) fn readable_by(self, principal: &Principal) -> Self {
        let readable =
            |failure| if principal.may_see_all() { failure } else { "the log of Larder says why".to_owned() };
        Self { failure: self.failure.map(readable), ..self }
    }

    fn of_events(
        place: &Place,
        covered: &Coverage,
        failure: Option<String>,
        month: Month,
        now: Second,
    ) -> Option<Self> {
        let Span { from, to } = month.span();
        let until = to.min(now.plus(-LAG));
        let is_covered = |span: Span| covered.hull_of_gaps(span).is_none();
        if failure.is_none() && is_covered(Span { from, to: until.max(from) }) {
            return None;
        }
        let days = std::iter::successors(Some(from), |day| Some(day.plus(DAY))).take_while(|day| *day < to.min(now));
        let day_until = |day: Second| day.plus(DAY).min(until).max(day);
        let (covered_days, missing_days): (Vec<_>, _) =
            days.partition(|day| is_covered(Span { from: *day, to: day_until(*day) }));
        let texts = |days: Vec<Second>| days.into_iter().map(date).collect();
        let (account_id, region) = (place.account.to_string(), place.region.to_string());
        let (covered_days, missing_days) = (texts(covered_days), texts(missing_days));
        Some(Self { account_id, region, covered_days, failure, missing_days })
    }
}

fn date(day: Second) -> String {
    day.to_string().chars().take_while(|character| *character != 'T').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(covered: &[(&str, &str)], now: &str) -> Option<(usize, Vec<String>)> {
        let second = |text: &str| text.parse::<Second>().expect("ISO 8601");
        let mut coverage = Coverage::default();
        covered.iter().for_each(|(from, to)| coverage.add(Span { from: second(from), to: second(to) }));
        let place = "111122223333#us-east-1".parse().expect("a place");
        let month = "2025-11".parse().expect("a month");
        PlaceProgress::of_events(&place, &coverage, None, month, second(now))
            .map(|progress| (progress.covered_days.len(), progress.missing_days))
    }

    #[test]
    fn days_are_told_until_all_that_there_can_be_was_read() {
        let now = "2025-11-04T06:00:00Z";
        let missing = |days: &[&str]| days.iter().map(|day| (*day).to_owned()).collect::<Vec<_>>();
        let all = ["2025-11-01", "2025-11-02", "2025-11-03", "2025-11-04"];
        assert_eq!(progress(&[], now), Some((0, missing(&all))));
        let begun = ("2025-11-01T00:00:00Z", "2025-11-03T12:00:00Z");
        assert_eq!(progress(&[begun], now), Some((2, missing(&all[2..]))));
        assert_eq!(progress(&[("2025-08-01T00:00:00Z", "2025-11-04T04:45:00Z")], now), None);
        assert_eq!(progress(&[("2025-11-01T12:00:00Z", "2025-11-04T04:45:00Z")], now), Some((3, missing(&all[..1]))));
        let over = [("2025-11-01T00:00:00Z", "2025-12-01T00:15:00Z")];
        assert_eq!(progress(&over, "2025-12-20T00:00:00Z"), None);
        assert_eq!(progress(&[], "2025-11-01T01:00:00Z"), None, "nothing is to be read in the first hour");
    }
}
