use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_drs::types;
use serde::Serialize;
use utoipa::ToSchema;

use crate::drs::{self, DESCRIBE_SOURCE_SERVERS, initialized, is_extended_from_another_account, source_servers};
use crate::{AccountId, Aws, FetchError, ListShape, MadeOldBy, Scope, ScopeRule, Source, TtlPolicy};

mod life_cycle;

use life_cycle::LifeCycle;

/// The data type `drs-source-servers`.
#[derive(Debug)]
pub(crate) struct DrsSourceServers;

/// The source servers of an account in a region, by `sourceServerId`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceServersAnswer {
    source_servers: Vec<SourceServer>,
    /// Whether the account uses DRS in the region; there are no servers where it never did.
    status: Initialization,
}

/// Whether DRS was ever set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Initialization {
    /// DRS is set up.
    Initialized,
    /// The account never used DRS in this region.
    NotInitialized,
}

/// One server that DRS protects. What AWS doesn't say is null.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SourceServer {
    /// `s-` and 17 characters.
    pub(crate) source_server_id: String,
    /// The server's ARN.
    pub(crate) arn: Option<String>,
    /// The host name, as the agent reported it.
    pub(crate) hostname: Option<String>,
    /// The host name with its domain, as the agent reported it.
    pub(crate) fqdn: Option<String>,
    /// The operating system in the agent's words.
    pub(crate) os: Option<String>,
    /// The cores of all its CPUs.
    pub(crate) cpu_cores: Option<i64>,
    /// Memory in bytes.
    pub(crate) ram_bytes: Option<i64>,
    /// The recovery instance that was launched for it last, if it still is there.
    pub(crate) recovery_instance_id: Option<String>,
    /// AWS's `DataReplicationState`: `CONTINUOUS`, `INITIAL_SYNC`, `STALLED`, ...
    pub(crate) replication_state: Option<String>,
    /// How far the copy is behind, as an ISO 8601 duration: `PT12S`.
    pub(crate) lag_duration: Option<String>,
    /// AWS's `LastLaunchResult`: `NOT_STARTED`, `PENDING`, `SUCCEEDED` or `FAILED`.
    pub(crate) last_launch_result: Option<String>,
    /// When what happened to it.
    pub(crate) life_cycle: LifeCycle,
    /// The account that it replicates into, where that may be another one.
    pub(crate) staging_account_id: Option<String>,
    /// Whether it is extended from another account, and so takes a replicating slot there and none here.
    pub(crate) extended: Option<bool>,
    /// The tags, by key.
    pub(crate) tags: BTreeMap<String, String>,
}

impl Source for DrsSourceServers {
    const NAME: &'static str = "drs-source-servers";
    const SUMMARY: &'static str = "Elastic Disaster Recovery: source servers with their replication and launches";
    const PATH: &'static str = "/drs/source-servers";
    const TTL: TtlPolicy = TtlPolicy::fresh_for(Duration::from_mins(2));
    const SCOPE: ScopeRule = ScopeRule::RegionAndAccount;
    const REGIONS: Option<&'static [&'static str]> = Some(drs::REGIONS);
    const IAM_ACTIONS: &'static [&'static str] = &[DESCRIBE_SOURCE_SERVERS];
    const MADE_OLD_BY: &'static [MadeOldBy] = drs::MADE_OLD_BY;
    const LIST: Option<ListShape> = Some(ListShape { member: "sourceServers", id: "sourceServerId" });

    type Answer = SourceServersAnswer;

    async fn fetch(aws: &Aws, scope: &Scope) -> Result<SourceServersAnswer, FetchError> {
        let region = scope.require_region(DESCRIBE_SOURCE_SERVERS)?;
        let account = scope.require_account(DESCRIBE_SOURCE_SERVERS)?;
        let Some(servers) = initialized(source_servers(&aws.drs(region)).await)? else {
            return Ok(SourceServersAnswer { source_servers: Vec::new(), status: Initialization::NotInitialized });
        };
        let servers = servers.into_iter().map(|server| source_server(server, account));
        let mut source_servers = servers.collect::<Result<Vec<_>, _>>()?;
        source_servers.sort_by(|a, b| a.source_server_id.cmp(&b.source_server_id));
        Ok(SourceServersAnswer { source_servers, status: Initialization::Initialized })
    }
}

fn source_server(server: types::SourceServer, account: &AccountId) -> Result<SourceServer, FetchError> {
    let id = server.source_server_id.ok_or_else(|| FetchError::without(DESCRIBE_SOURCE_SERVERS, "sourceServerID"))?;
    let replication = server.data_replication_info;
    let properties = server.source_properties;
    let staging = server.staging_area;
    let hints = properties.as_ref().and_then(|properties| properties.identification_hints.clone());
    let os = properties.as_ref().and_then(|properties| properties.os.clone());
    Ok(SourceServer {
        source_server_id: id,
        arn: server.arn,
        hostname: hints.as_ref().and_then(|hints| hints.hostname.clone()),
        fqdn: hints.and_then(|hints| hints.fqdn),
        os: os.and_then(|os| os.full_string),
        cpu_cores: properties.as_ref().and_then(cores),
        // The SDK writes 0 for what is not said.
        ram_bytes: properties.map(|properties| properties.ram_bytes).filter(|bytes| *bytes > 0),
        recovery_instance_id: server.recovery_instance_id,
        replication_state: replication
            .as_ref()
            .and_then(|replication| Some(replication.data_replication_state()?.as_str().to_owned())),
        lag_duration: replication.and_then(|replication| replication.lag_duration),
        last_launch_result: server.last_launch_result.map(|result| result.as_str().to_owned()),
        life_cycle: server.life_cycle.map(LifeCycle::from).unwrap_or_default(),
        extended: staging.as_ref().map(|staging| is_extended_from_another_account(staging, account)),
        staging_account_id: staging.and_then(|staging| staging.staging_account_id),
        tags: server.tags.into_iter().flatten().collect(),
    })
}

/// The sum; unknown if that of one CPU is.
fn cores(properties: &types::SourceProperties) -> Option<i64> {
    let cpus = properties.cpus.as_ref().filter(|cpus| !cpus.is_empty())?;
    cpus.iter().map(|cpu| (cpu.cores > 0).then_some(cpu.cores)).sum()
}

#[cfg(test)]
mod tests;
