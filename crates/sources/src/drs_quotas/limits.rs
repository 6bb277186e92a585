use aws_sdk_servicequotas::types::ServiceQuota;
use serde::Serialize;
use utoipa::ToSchema;

use crate::pages::every_page;
use crate::{Aws, FetchError, Region};

pub(super) const LIST_SERVICE_QUOTAS: &str = "servicequotas:ListServiceQuotas";
/// The most that `ListServiceQuotas` allows.
const PAGE_SIZE: i32 = 100;
/// What Service Quotas says in a region where it does not know DRS.
const NO_SUCH_RESOURCE: &str = "NoSuchResourceException";

/// The quotas of DRS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Limits {
    /// Servers that replicate at the same time.
    pub(crate) replicating_servers: u64,
    /// Source servers in whatever state.
    pub(crate) source_servers: u64,
    /// Jobs under way at the same time.
    pub(crate) concurrent_jobs: u64,
    /// Servers in all jobs that are under way.
    pub(crate) servers_in_all_jobs: u64,
    /// Servers in one job.
    pub(crate) servers_per_job: u64,
}

/// Where each quota of [`Limits`] is from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LimitsFrom {
    /// Where `limits.replicatingServers` is from.
    pub(crate) replicating_servers: QuotaSource,
    /// Where `limits.sourceServers` is from.
    pub(crate) source_servers: QuotaSource,
    /// Where `limits.concurrentJobs` is from.
    pub(crate) concurrent_jobs: QuotaSource,
    /// Where `limits.serversInAllJobs` is from.
    pub(crate) servers_in_all_jobs: QuotaSource,
    /// Where `limits.serversPerJob` is from.
    pub(crate) servers_per_job: QuotaSource,
}

/// Where a quota is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum QuotaSource {
    /// Service Quotas says so for this account and region.
    ServiceQuotas,
    /// The documented default: Service Quotas does not list this quota for this account and region.
    Default,
}

/// A quota's code and its default as documented in "AWS Elastic Disaster Recovery endpoints and quotas" of the AWS
/// General Reference.
struct Quota {
    code: &'static str,
    default: u64,
}

const REPLICATING_SERVERS: Quota = quota("L-C1D14A2B", 300);
const SOURCE_SERVERS: Quota = quota("L-E28BE5E0", 4_000);
const CONCURRENT_JOBS: Quota = quota("L-D88FAC3A", 20);
const SERVERS_IN_ALL_JOBS: Quota = quota("L-05AFA8C6", 500);
const SERVERS_PER_JOB: Quota = quota("L-B827C881", 100);

const fn quota(code: &'static str, default: u64) -> Quota {
    Quota { code, default }
}

/// The quotas of these credentials' account. A quota that is not listed is the documented default and says so.
///
/// # Errors
/// Whatever the call failed with: credentials that may not read quotas are no reason to make some up.
pub(super) async fn fetch(aws: &Aws, region: Region) -> Result<(Limits, LimitsFrom), FetchError> {
    let client = aws.service_quotas(region);
    let pages = client.list_service_quotas().service_code("drs");
    let pages = pages.into_paginator().page_size(PAGE_SIZE).send();
    let listed = every_page(LIST_SERVICE_QUOTAS, pages, |page| (page.next_token, page.quotas));
    match listed.await {
        Err(error) if error.is_rejected_with(NO_SUCH_RESOURCE) => from_listed(&[]),
        listed => from_listed(&listed?),
    }
}

fn from_listed(listed: &[ServiceQuota]) -> Result<(Limits, LimitsFrom), FetchError> {
    let replicating_servers = value(listed, &REPLICATING_SERVERS)?;
    let source_servers = value(listed, &SOURCE_SERVERS)?;
    let concurrent_jobs = value(listed, &CONCURRENT_JOBS)?;
    let servers_in_all_jobs = value(listed, &SERVERS_IN_ALL_JOBS)?;
    let servers_per_job = value(listed, &SERVERS_PER_JOB)?;
    let limits = Limits {
        replicating_servers: replicating_servers.0,
        source_servers: source_servers.0,
        concurrent_jobs: concurrent_jobs.0,
        servers_in_all_jobs: servers_in_all_jobs.0,
        servers_per_job: servers_per_job.0,
    };
    let from = LimitsFrom {
        replicating_servers: replicating_servers.1,
        source_servers: source_servers.1,
        concurrent_jobs: concurrent_jobs.1,
        servers_in_all_jobs: servers_in_all_jobs.1,
        servers_per_job: servers_per_job.1,
    };
    Ok((limits, from))
}

fn value(listed: &[ServiceQuota], quota: &Quota) -> Result<(u64, QuotaSource), FetchError> {
    let mut listed = listed.iter().filter(|listed| listed.quota_code() == Some(quota.code));
    match listed.find_map(ServiceQuota::value) {
        None => Ok((quota.default, QuotaSource::Default)),
        Some(value) => whole_number(value)
            .map(|value| (value, QuotaSource::ServiceQuotas))
            .ok_or_else(|| FetchError::without(LIST_SERVICE_QUOTAS, "a whole number as value")),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked first")]
fn whole_number(value: f64) -> Option<u64> {
    let is_count = (0.0..=f64::from(u32::MAX)).contains(&value) && value.fract() == 0.0;
    is_count.then_some(value as u64)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::FailureKind;

    fn listed(code: &str, value: Option<f64>) -> ServiceQuota {
        let quota = ServiceQuota::builder().quota_code(code);
        quota.set_value(value).build()
    }

    #[test]
    fn each_code_is_its_own_limit() {
        let quotas = [
            listed("L-B827C881", Some(5.0)),
            listed("L-05AFA8C6", Some(4.0)),
            listed("L-D88FAC3A", Some(3.0)),
            listed("L-E28BE5E0", Some(2.0)),
            listed("L-C1D14A2B", Some(1.0)),
            listed("L-DD6D028C", Some(99.0)),
        ];
        let (limits, from) = from_listed(&quotas).expect("whole numbers");
        let limits = serde_json::to_value(limits).expect("JSON");
        let expected = serde_json::json!({"replicatingServers": 1, "sourceServers": 2, "concurrentJobs": 3,
            "serversInAllJobs": 4, "serversPerJob": 5});
        assert_eq!(limits, expected);
        let from = serde_json::to_value(from).expect("JSON");
        let from = from.as_object().expect("an object");
        assert_eq!(from.len(), 5);
        assert!(from.values().all(|from| from == "service-quotas"));
    }

    #[test]
    fn a_quota_that_is_not_listed_is_the_default_and_says_so() {
        let quotas = [listed("L-E28BE5E0", Some(6_000.0)), listed("L-C1D14A2B", None)];
        let (limits, from) = from_listed(&quotas).expect("whole numbers");
        assert_eq!(limits.source_servers, 6_000);
        assert_eq!(from.source_servers, QuotaSource::ServiceQuotas);
        assert_eq!(limits.replicating_servers, 300);
        assert_eq!(from.replicating_servers, QuotaSource::Default);
        assert_eq!(limits.concurrent_jobs, 20);
        assert_eq!(limits.servers_in_all_jobs, 500);
        assert_eq!(limits.servers_per_job, 100);
    }

    #[rstest]
    #[case(-1.0)]
    #[case(0.5)]
    #[case(f64::NAN)]
    #[case(f64::INFINITY)]
    fn a_limit_is_a_whole_number(#[case] value: f64) {
        let error = from_listed(&[listed("L-C1D14A2B", Some(value))]).expect_err("no count");
        assert_eq!(error.kind, FailureKind::Malformed);
        assert_eq!(error.operation, LIST_SERVICE_QUOTAS);
    }
}
