mod account;
mod ids;
mod instance_profile;
mod instance_type;
mod job;
mod plan;
mod quota;
mod security_group;
mod source_server;
mod subnet;

use std::collections::BTreeMap;

use jiff::Timestamp;
use rand::SeedableRng;
use rand::rngs::StdRng;

pub use account::{Account, AccountId};
pub use instance_profile::{InstanceProfile, InstanceProfileRole};
pub use instance_type::InstanceType;
pub use job::{Job, JobStatus};
pub use quota::Quota;
pub use security_group::{IpPermission, SecurityGroup};
pub use source_server::{Disk, Extension, ReplicationState, SourceServer};
pub use subnet::Subnet;

use plan::{INSTANCE_PROFILES, PLAN, REGIONS};

/// The moment that all of the fleet's times are relative to: 2026-01-15T06:00:00Z. A fleet does not age.
const AS_OF: Timestamp = Timestamp::constant(1_768_456_800, 0);

/// All that the stand-in's accounts hold. Two fleets of one seed are equal.
#[derive(Debug, PartialEq)]
pub struct Fleet {
    accounts: Vec<Account>,
    instance_profiles: BTreeMap<AccountId, Vec<InstanceProfile>>,
    holdings: BTreeMap<(AccountId, &'static str), Holding>,
}

/// What one account holds in one region.
#[derive(Debug, PartialEq)]
struct Holding {
    /// Absent where DRS was never initialised.
    recovery: Option<Recovery>,
    subnets: Vec<Subnet>,
    security_groups: Vec<SecurityGroup>,
}

#[derive(Debug, PartialEq)]
struct Recovery {
    source_servers: Vec<SourceServer>,
    jobs: Vec<Job>,
}

impl Fleet {
    /// Generates the fleet that follows from `seed`. Shape and counts are the same for every seed; ids, names,
    /// states and sizes are not.
    #[must_use]
    pub fn generate(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let accounts = account::all();
        let mut holdings = BTreeMap::<(AccountId, &'static str), Holding>::new();
        // The account that extends servers to another comes later in the table, and must be there first.
        for row in PLAN.iter().rev() {
            let account = &accounts[row.account];
            let recovery = row.recovery.as_ref().map(|recovery| {
                let staged: Vec<(&AccountId, &SourceServer)> = holdings
                    .iter()
                    .filter(|((_, region), _)| *region == row.region)
                    .filter_map(|((owner, _), holding)| Some((owner, holding.recovery.as_ref()?)))
                    .flat_map(|(owner, recovery)| recovery.source_servers.iter().map(move |it| (owner, it)))
                    .collect();
                let source_servers = source_server::generate(&mut rng, account.id(), row.region, recovery, &staged);
                let jobs = job::generate(&mut rng, account.id(), row.region, recovery, &source_servers);
                Recovery { source_servers, jobs }
            });
            let subnets = subnet::generate(&mut rng, row);
            let holding = Holding { recovery, subnets, security_groups: Vec::new() };
            holdings.insert((account.id().clone(), row.region), holding);
        }
        for ((account, _), holding) in &mut holdings {
            holding.security_groups = security_group::generate(&mut rng, account, &holding.subnets);
        }
        let instance_profiles = accounts.iter().zip(INSTANCE_PROFILES).map(|(account, count)| {
            let profiles = instance_profile::generate(&mut rng, account.id(), count);
            (account.id().clone(), profiles)
        });
        let instance_profiles = instance_profiles.collect();
        Self { accounts, instance_profiles, holdings }
    }

    /// The fleet's accounts; the first one is the largest.
    #[must_use]
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The regions that every account has opted in to.
    #[must_use]
    pub fn regions(&self) -> &'static [&'static str] {
        &REGIONS
    }

    /// The source servers of an account in a region, those extended from another account included. `None` where DRS
    /// was never initialised, and for an account or region that the fleet does not have.
    #[must_use]
    pub fn source_servers(&self, account: &AccountId, region: &str) -> Option<&[SourceServer]> {
        let recovery = self.holding(account, region)?.recovery.as_ref()?;
        Some(&recovery.source_servers)
    }

    /// The DRS jobs of an account in a region, newest first. `None` as for [`Self::source_servers`].
    #[must_use]
    pub fn jobs(&self, account: &AccountId, region: &str) -> Option<&[Job]> {
        let recovery = self.holding(account, region)?.recovery.as_ref()?;
        Some(&recovery.jobs)
    }

    /// The subnets of an account in a region; none for an account or region that the fleet does not have.
    #[must_use]
    pub fn subnets(&self, account: &AccountId, region: &str) -> &[Subnet] {
        self.holding(account, region).map(|holding| holding.subnets.as_slice()).unwrap_or_default()
    }

    /// The security groups of an account in a region, by VPC; none for an account or region that the fleet does not
    /// have.
    #[must_use]
    pub fn security_groups(&self, account: &AccountId, region: &str) -> &[SecurityGroup] {
        self.holding(account, region).map(|holding| holding.security_groups.as_slice()).unwrap_or_default()
    }

    /// The instance profiles of an account, which belong to no region; none for an account that the fleet does not
    /// have.
    #[must_use]
    pub fn instance_profiles(&self, account: &AccountId) -> &[InstanceProfile] {
        self.instance_profiles.get(account).map(Vec::as_slice).unwrap_or_default()
    }

    /// The applied quotas of an account in a region.
    #[must_use]
    pub fn quotas(&self, account: &AccountId, region: &str) -> Vec<Quota> {
        quota::applied(account, region)
    }

    /// The documented defaults of the quotas that the fleet knows.
    #[must_use]
    pub fn default_quotas(&self) -> &'static [Quota] {
        quota::DEFAULTS
    }

    /// The instance types that a region offers.
    #[must_use]
    pub fn instance_types(&self, region: &str) -> Vec<InstanceType> {
        instance_type::offered_in(region)
    }

    pub(crate) fn account_of_key(&self, access_key_id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.access_key_id() == access_key_id)
    }

    fn holding(&self, account: &AccountId, region: &str) -> Option<&Holding> {
        self.holdings
            .iter()
            .find(|((owner, place), _)| owner == account && *place == region)
            .map(|(_, holding)| holding)
    }
}

#[cfg(test)]
mod tests;
