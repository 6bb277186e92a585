use serde::Serialize;
use utoipa::ToSchema;

/// How urgent a utilization is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    /// Under 67 %.
    Ok,
    /// From 67 %.
    Info,
    /// From 75 %.
    Warning,
    /// From 83 %.
    Critical,
    /// From 93 %, and where the limit is 0.
    #[serde(rename = "HYPER-CRITICAL")]
    HyperCritical,
    /// The account never used DRS in this region.
    NotInitialized,
}

impl Status {
    /// The status of an unrounded percentage; of `None`, that of a limit which leaves no room at all.
    pub(super) fn at(percent: Option<f64>) -> Self {
        match percent {
            Some(percent) if percent < 67.0 => Self::Ok,
            Some(percent) if percent < 75.0 => Self::Info,
            Some(percent) if percent < 83.0 => Self::Warning,
            Some(percent) if percent < 93.0 => Self::Critical,
            _ => Self::HyperCritical,
        }
    }
}

/// `used` in percent of `max`; none of a `max` of 0.
#[expect(clippy::cast_precision_loss, reason = "counts of servers are far below 2^53")]
pub(super) fn percent(used: u64, max: u64) -> Option<f64> {
    (max > 0).then(|| used as f64 * 100.0 / max as f64)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, 300, Status::Ok)]
    #[case(200, 300, Status::Ok)]
    #[case(66_999, 100_000, Status::Ok)]
    #[case(6_699_999, 10_000_000, Status::Ok)]
    #[case(201, 300, Status::Info)]
    #[case(74_999, 100_000, Status::Info)]
    #[case(225, 300, Status::Warning)]
    #[case(82_999, 100_000, Status::Warning)]
    #[case(249, 300, Status::Critical)]
    #[case(92_999, 100_000, Status::Critical)]
    #[case(279, 300, Status::HyperCritical)]
    #[case(300, 300, Status::HyperCritical)]
    #[case(301, 300, Status::HyperCritical)]
    #[case(0, 0, Status::HyperCritical)]
    fn each_threshold_belongs_to_the_status_above_it(#[case] used: u64, #[case] max: u64, #[case] status: Status) {
        assert_eq!(Status::at(percent(used, max)), status);
    }

    #[rstest]
    #[case(Status::Ok, "\"OK\"")]
    #[case(Status::Info, "\"INFO\"")]
    #[case(Status::Warning, "\"WARNING\"")]
    #[case(Status::Critical, "\"CRITICAL\"")]
    #[case(Status::HyperCritical, "\"HYPER-CRITICAL\"")]
    #[case(Status::NotInitialized, "\"NOT_INITIALIZED\"")]
    fn every_status_is_written_as_documented(#[case] status: Status, #[case] json: &str) {
        assert_eq!(serde_json::to_string(&status).expect("a string"), json);
    }
}
