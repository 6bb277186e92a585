use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{answer, parse, uninitialised};
use crate::fleet::{ReplicationState, SourceServer};
use crate::operations::Call;
use crate::wire::AwsError;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    #[serde(default)]
    filters: Option<Filters>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Deserialize, Default)]
struct Filters {
    #[serde(rename = "sourceServerIDs", default)]
    ids: Vec<String>,
    #[serde(rename = "hardwareId")]
    hardware_id: Option<String>,
    #[serde(rename = "stagingAccountIDs", default)]
    staging_accounts: Vec<String>,
}

/// `DescribeSourceServers`: an empty list of ids or staging accounts means all.
pub(crate) fn describe(call: &Call, input: Value) -> Result<Value, AwsError> {
    let input: Input = parse(input)?;
    let filters = input.filters.unwrap_or_default();
    let servers = call.fleet.source_servers(call.account.id(), call.region).ok_or_else(uninitialised)?;
    let servers: Vec<&SourceServer> = servers.iter().filter(|it| filters.let_through(it)).collect();
    answer(call, &servers, input.max_results, input.next_token.as_deref(), |it| render(call, it))
}

impl Filters {
    fn let_through(&self, server: &SourceServer) -> bool {
        let hardware = [&server.vmware_uuid, &server.mac_address];
        let staging = server.extension.as_ref().map(|it| it.staging_account_id.as_str());
        (self.ids.is_empty() || self.ids.contains(&server.id))
            && self.hardware_id.as_ref().is_none_or(|id| hardware.contains(&id))
            && (self.staging_accounts.is_empty()
                || staging.is_some_and(|id| self.staging_accounts.iter().any(|it| it == id)))
    }
}

fn render(call: &Call, server: &SourceServer) -> Value {
    let staging_area = match &server.extension {
        None => json!({ "status": "NOT_EXTENDED" }),
        Some(extension) => json!({
            "status": "EXTENDED",
            "stagingAccountID": extension.staging_account_id.as_str(),
            "stagingSourceServerArn": extension.staging_source_server_arn,
        }),
    };
    let tags = [("Name", &*server.hostname), ("Application", server.application), ("Environment", server.environment)];
    let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned()));
    json!({
        "sourceServerID": server.id,
        "arn": server.arn,
        "tags": call.tags(&tags).into_iter().collect::<BTreeMap<_, _>>(),
        "lastLaunchResult": "NOT_STARTED",
        "dataReplicationInfo": replication(server),
        "lifeCycle": {
            "addedToServiceDateTime": server.added.to_string(),
            "lastSeenByServiceDateTime": server.last_seen.to_string(),
        },
        "sourceProperties": properties(server),
        "stagingArea": staging_area,
        "replicationDirection": "FAILOVER",
        "agentVersion": "5.1.2025",
    })
}

fn replication(server: &SourceServer) -> Value {
    let disks: Vec<Value> = server
        .disks
        .iter()
        .map(|disk| {
            json!({
                "deviceName": disk.device_name,
                "totalStorageBytes": disk.total_bytes,
                "replicatedStorageBytes": disk.replicated_bytes,
                "rescannedStorageBytes": 0,
                "backloggedStorageBytes": 0,
                "volumeStatus": "REGULAR",
            })
        })
        .collect();
    let mut info = json!({
        "dataReplicationState": server.state.as_str(),
        "replicatedDisks": disks,
        "stagingAvailabilityZone": server.staging_availability_zone,
    });
    match server.state {
        ReplicationState::Continuous => info["lagDuration"] = "PT0S".into(),
        ReplicationState::Stalled => info["dataReplicationError"] = json!({ "error": "NOT_CONVERGING" }),
        ReplicationState::Disconnected => {
            info["dataReplicationError"] = json!({ "error": "AGENT_NOT_SEEN" });
        }
        _ => {}
    }
    info
}

fn properties(server: &SourceServer) -> Value {
    let disks: Vec<Value> =
        server.disks.iter().map(|disk| json!({ "deviceName": disk.device_name, "bytes": disk.total_bytes })).collect();
    let hostname = server.hostname.split('.').next().unwrap_or_default();
    json!({
        "lastUpdatedDateTime": server.last_seen.to_string(),
        "recommendedInstanceType": server.recommended_instance_type,
        "identificationHints": {
            "fqdn": server.hostname,
            "hostname": hostname,
            "vmWareUuid": server.vmware_uuid,
        },
        "networkInterfaces": [
            { "macAddress": server.mac_address, "ips": [server.ip.to_string()], "isPrimary": true },
        ],
        "disks": disks,
        "cpus": [{ "cores": server.cores, "modelName": "Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz" }],
        "ramBytes": server.ram_bytes,
        "os": { "fullString": server.os },
        "supportsNitroInstances": true,
    })
}
