use std::time::Duration;

use aws_sdk_drs::types::Job;
use serde::Serialize;
use utoipa::ToSchema;

use crate::drs::{self, DESCRIBE_SOURCE_SERVERS, initialized, source_servers};
use crate::pages::every_page;
use crate::{AccountId, Aws, FetchError, MadeOldBy, Region, Scope, ScopeRule, Source, TtlPolicy};

mod limits;
mod status;
mod usage;

use limits::{Limits, LimitsFrom};
use status::Status;
use usage::Usage;

const DESCRIBE_JOBS: &str = "drs:DescribeJobs";

/// The data type `drs-quotas`.
#[derive(Debug)]
pub(crate) struct DrsQuotas;

/// How much of its Elastic Disaster Recovery quotas an account uses in a region. Unknown is null, never 0.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DrsQuotasAnswer {
    /// The account asked.
    pub(crate) account_id: String,
    /// The region asked.
    pub(crate) region: &'static str,
    /// Source servers that replicate into this account, without those extended from another account.
    pub(crate) replicating_servers: Option<u64>,
    /// How many may.
    pub(crate) max_replicating_servers: u64,
    /// `replicatingServers` in percent of `maxReplicatingServers`, rounded to 2 decimals; null for a limit of 0.
    pub(crate) utilization_percent: Option<f64>,
    /// All source servers, whatever their state.
    pub(crate) total_source_servers: Option<u64>,
    /// How many more servers may replicate; 0 if there are more than the limit allows.
    pub(crate) available_replicating_slots: Option<u64>,
    /// Jobs that are pending or started.
    pub(crate) concurrent_jobs: Option<u64>,
    /// The servers that take part in those jobs, summed.
    pub(crate) servers_in_jobs: Option<u64>,
    /// The quotas.
    pub(crate) limits: Limits,
    /// Where each quota is from.
    pub(crate) limit_source: LimitsFrom,
    /// How urgent the utilization is.
    pub(crate) status: Status,
}

impl Source for DrsQuotas {
    const NAME: &'static str = "drs-quotas";
    const SUMMARY: &'static str = "Elastic Disaster Recovery: servers and jobs against their quotas";
    const PATH: &'static str = "/drs/quotas";
    const TTL: TtlPolicy = TtlPolicy::fresh_for(Duration::from_mins(5));
    const SCOPE: ScopeRule = ScopeRule::RegionAndAccount;
    const REGIONS: Option<&'static [&'static str]> = Some(drs::REGIONS);
    const IAM_ACTIONS: &'static [&'static str] = &[DESCRIBE_SOURCE_SERVERS, DESCRIBE_JOBS, limits::LIST_SERVICE_QUOTAS];
    const MADE_OLD_BY: &'static [MadeOldBy] = drs::MADE_OLD_BY;

    type Answer = DrsQuotasAnswer;

    async fn fetch(aws: &Aws, scope: &Scope) -> Result<DrsQuotasAnswer, FetchError> {
        let region = scope.require_region(DESCRIBE_SOURCE_SERVERS)?;
        let account = scope.require_account(DESCRIBE_SOURCE_SERVERS)?;
        let drs = aws.drs(region);
        let (servers, jobs, limits) = tokio::join!(source_servers(&drs), all_jobs(&drs), limits::fetch(aws, region),);
        let usage = match (initialized(servers)?, initialized(jobs)?) {
            (Some(servers), Some(jobs)) => Some(Usage::of(account, &servers, &jobs)),
            _ => None,
        };
        let (limits, limit_source) = limits?;
        Ok(answer(account, region, usage, limits, limit_source))
    }
}

fn answer(
    account: &AccountId,
    region: Region,
    usage: Option<Usage>,
    limits: Limits,
    limit_source: LimitsFrom,
) -> DrsQuotasAnswer {
    let max = limits.replicating_servers;
    let replicating = usage.map(|usage| usage.replicating_servers);
    let percent = replicating.and_then(|replicating| status::percent(replicating, max));
    DrsQuotasAnswer {
        account_id: account.to_string(),
        region: region.name(),
        replicating_servers: replicating,
        max_replicating_servers: max,
        utilization_percent: percent.map(|percent| (percent * 100.0).round() / 100.0),
        total_source_servers: usage.map(|usage| usage.total_source_servers),
        available_replicating_slots: replicating.map(|replicating| max.saturating_sub(replicating)),
        concurrent_jobs: usage.map(|usage| usage.concurrent_jobs),
        servers_in_jobs: usage.map(|usage| usage.servers_in_jobs),
        limits,
        limit_source,
        status: replicating.map_or(Status::NotInitialized, |_| Status::at(percent)),
    }
}

/// Every job that DRS remembers: it can't be asked for those that are under way.
async fn all_jobs(drs: &aws_sdk_drs::Client) -> Result<Vec<Job>, FetchError> {
    let pages = drs.describe_jobs().into_paginator().page_size(drs::PAGE_SIZE);
    every_page(DESCRIBE_JOBS, pages.send(), |page| (page.next_token, page.items)).await
}

#[cfg(test)]
mod tests;
