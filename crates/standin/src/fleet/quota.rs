use super::AccountId;
use super::plan::REGIONS;

/// A service quota of DRS.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quota {
    /// Service Quotas' code, such as `L-C1D14A2B`.
    pub code: &'static str,
    /// Its name in the console.
    pub name: &'static str,
    /// The limit.
    pub value: f64,
    /// Whether AWS raises it on request.
    pub adjustable: bool,
}

const fn quota(code: &'static str, name: &'static str, value: f64) -> Quota {
    Quota { code, name, value, adjustable: false }
}

/// The defaults, from the AWS General Reference, "AWS Elastic Disaster Recovery endpoints and quotas".
pub(super) static DEFAULTS: &[Quota] = &[
    quota("L-C1D14A2B", "Max Total replicating source servers Per AWS Account", 300.0),
    SOURCE_SERVERS,
    quota("L-D88FAC3A", "Concurrent jobs in progress", 20.0),
    quota("L-05AFA8C6", "Max source servers in all Jobs", 500.0),
    quota("L-B827C881", "Max source servers in a single Job", 100.0),
    quota("L-DD6D028C", "Max concurrent Jobs per source server", 1.0),
];

const SOURCE_SERVERS: Quota =
    Quota { code: "L-E28BE5E0", name: "Max Total source servers Per AWS Account", value: 4000.0, adjustable: true };

/// The applied values: the defaults but for two. The first account had its source servers raised to 6,000 in the
/// first region; and in the last region Service Quotas has no applied value of [`LATE`] yet, only a default.
pub(super) fn applied(account: &AccountId, region: &str) -> Vec<Quota> {
    let raised = account.as_str() == "111122223333" && region == REGIONS[0];
    let late = region == REGIONS[REGIONS.len() - 1];
    DEFAULTS
        .iter()
        .filter(|quota| !(late && quota.code == LATE))
        .map(|quota| match quota.code {
            code if raised && code == SOURCE_SERVERS.code => Quota { value: 6000.0, ..*quota },
            _ => *quota,
        })
        .collect()
}

/// Servers in all jobs.
const LATE: &str = "L-05AFA8C6";
