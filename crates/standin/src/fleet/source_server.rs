use std::net::Ipv4Addr;

use jiff::{Timestamp, ToSpan};
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};

use super::plan::RecoveryPlan;
use super::{AS_OF, AccountId, ids};

/// DRS's `DataReplicationState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReplicationState {
    /// Replicates without a backlog.
    Continuous,
    /// Copies for the first time.
    InitialSync,
    /// Reads the whole disk again.
    Rescan,
    /// Prepares the first copy.
    Initiating,
    /// Takes a snapshot.
    CreatingSnapshot,
    /// Has written more than was copied.
    Backlog,
    /// Stopped by someone.
    Stopped,
    /// Paused by someone.
    Paused,
    /// Does not get on.
    Stalled,
    /// The agent was not seen for long.
    Disconnected,
}

impl ReplicationState {
    /// The states that count against the quota of replicating servers.
    pub const REPLICATING: [Self; 6] =
        [Self::Continuous, Self::InitialSync, Self::Rescan, Self::Initiating, Self::CreatingSnapshot, Self::Backlog];
    /// The other ones.
    pub const IDLE: [Self; 4] = [Self::Stopped, Self::Paused, Self::Stalled, Self::Disconnected];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Continuous => "CONTINUOUS",
            Self::InitialSync => "INITIAL_SYNC",
            Self::Rescan => "RESCAN",
            Self::Initiating => "INITIATING",
            Self::CreatingSnapshot => "CREATING_SNAPSHOT",
            Self::Backlog => "BACKLOG",
            Self::Stopped => "STOPPED",
            Self::Paused => "PAUSED",
            Self::Stalled => "STALLED",
            Self::Disconnected => "DISCONNECTED",
        }
    }
}

/// A server that DRS protects.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are named as in DRS's SourceServer")]
pub struct SourceServer {
    pub id: String,
    pub arn: String,
    pub hostname: String,
    pub application: &'static str,
    pub environment: &'static str,
    pub state: ReplicationState,
    /// Where it comes from, if it is extended from another account.
    pub extension: Option<Extension>,
    pub os: &'static str,
    pub recommended_instance_type: &'static str,
    pub cores: u32,
    pub ram_bytes: u64,
    pub disks: Vec<Disk>,
    pub ip: Ipv4Addr,
    pub mac_address: String,
    pub vmware_uuid: String,
    pub staging_availability_zone: String,
    pub added: Timestamp,
    pub last_seen: Timestamp,
}

/// A disk of a source server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in DRS's SourceServer")]
pub struct Disk {
    pub device_name: &'static str,
    pub total_bytes: u64,
    /// Less than the total while the first copy is under way.
    pub replicated_bytes: u64,
}

/// The staging account of an extended source server, and the server there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named as in DRS's StagingArea")]
pub struct Extension {
    pub staging_account_id: AccountId,
    pub staging_source_server_arn: String,
}

/// Operating system, instance type, cores, GiB of memory, device names.
type Model = (&'static str, &'static str, u32, u64, [&'static str; 2]);
const LINUX: [&str; 2] = ["/dev/sda", "/dev/sdb"];
const WINDOWS: [&str; 2] = ["c:0", "d:0"];
const MODELS: [Model; 6] = [
    ("Ubuntu 22.04.4 LTS", "c5.large", 2, 4, LINUX),
    ("Red Hat Enterprise Linux 8.9", "m5.xlarge", 4, 16, LINUX),
    ("Amazon Linux 2023", "m5.large", 2, 8, LINUX),
    ("Microsoft Windows Server 2019 Datacenter", "m5.2xlarge", 8, 32, WINDOWS),
    ("Microsoft Windows Server 2022 Standard", "r5.xlarge", 4, 32, WINDOWS),
    ("SUSE Linux Enterprise Server 15 SP5", "r5.4xlarge", 16, 128, LINUX),
];
const APPLICATIONS: [&str; 8] = ["billing", "crm", "ledger", "portal", "reports", "search", "shipping", "warehouse"];
const ENVIRONMENTS: [&str; 3] = ["production", "production", "staging"];
const GIB: u64 = 1 << 30;

/// Generates the servers of one account in one region; the extended ones are servers of `staged`.
pub(super) fn generate(
    rng: &mut StdRng,
    account: &AccountId,
    region: &str,
    plan: &RecoveryPlan,
    staged: &[(&AccountId, &SourceServer)],
) -> Vec<SourceServer> {
    let mut servers: Vec<SourceServer> = (0..plan.replicating)
        .map(|nth| replicating(rng, nth))
        .chain((0..plan.idle).map(|nth| ReplicationState::IDLE[nth % 4]))
        .collect::<Vec<_>>()
        .into_iter()
        .enumerate()
        .map(|(nth, state)| server(rng, account, region, state, nth))
        .collect();
    servers.extend(staged.iter().take(plan.extended).map(|(staging_account, staging)| {
        let id = ids::new_drs(rng, "s");
        SourceServer {
            arn: arn(account, region, &id),
            id,
            state: ReplicationState::Continuous,
            extension: Some(Extension {
                staging_account_id: (*staging_account).clone(),
                staging_source_server_arn: staging.arn.clone(),
            }),
            ..(**staging).clone()
        }
    }));
    servers.shuffle(rng);
    servers
}

/// Each state once, and then mostly CONTINUOUS, as in a healthy fleet.
fn replicating(rng: &mut StdRng, nth: usize) -> ReplicationState {
    match ReplicationState::REPLICATING.get(nth) {
        Some(state) => *state,
        None if rng.random_bool(0.9) => ReplicationState::Continuous,
        None => *pick(rng, &ReplicationState::REPLICATING),
    }
}

fn server(rng: &mut StdRng, account: &AccountId, region: &str, state: ReplicationState, nth: usize) -> SourceServer {
    let id = ids::new_drs(rng, "s");
    let (os, recommended_instance_type, cores, ram, devices) = *pick(rng, &MODELS);
    let application = *pick(rng, &APPLICATIONS);
    let [a, b, c]: [u8; 3] = rng.random();
    let uuid: u128 = rng.random();
    let idle = ReplicationState::IDLE.contains(&state);
    let seen = if idle { rng.random_range(2_000..90_000) } else { rng.random_range(5..120) };
    let disks = devices[..rng.random_range(1..=2)].iter().map(|device| disk(rng, device, state)).collect();
    SourceServer {
        arn: arn(account, region, &id),
        id,
        hostname: format!("{application}-{:03}.corp.example.com", nth + 1),
        application,
        environment: pick::<&str>(rng, &ENVIRONMENTS),
        state,
        extension: None,
        os,
        recommended_instance_type,
        cores,
        ram_bytes: ram * GIB,
        disks,
        ip: Ipv4Addr::new(10, 200 + (a % 8), b, c.clamp(4, 254)),
        mac_address: format!("00:50:56:{a:02x}:{b:02x}:{c:02x}"),
        vmware_uuid: format!("{uuid:032x}"),
        staging_availability_zone: format!("{region}{}", pick(rng, &["a", "b", "c"])),
        added: AS_OF - rng.random_range(24..9_000_i64).hours(),
        last_seen: AS_OF - seen.seconds(),
    }
}

fn disk(rng: &mut StdRng, device_name: &'static str, state: ReplicationState) -> Disk {
    let total_bytes = *pick(rng, &[30, 50, 100, 200, 500]) * GIB;
    let replicated_bytes = match state {
        ReplicationState::Initiating => 0,
        ReplicationState::InitialSync => total_bytes / 100 * rng.random_range(1..99),
        _ => total_bytes,
    };
    Disk { device_name, total_bytes, replicated_bytes }
}

fn arn(account: &AccountId, region: &str, id: &str) -> String {
    format!("arn:aws:drs:{region}:{account}:source-server/{id}")
}

fn pick<'a, T>(rng: &mut StdRng, of: &'a [T]) -> &'a T {
    // Every list that is picked from is a constant that is not empty.
    of.choose(rng).unwrap_or(&of[0])
}
