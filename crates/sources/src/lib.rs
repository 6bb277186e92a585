#![doc = include_str!("../README.md")]

mod account;
mod accounts;
mod aws;
mod cost;
mod data_type;
mod endpoints;
mod error;
mod identity;
mod made_old_by;
mod pages;
mod partition;
mod region;
mod registry;
mod scope;
mod source;
mod table;
mod ttl;
mod waiting;
mod whole_answer;

mod lookup_events;
mod runtime_actions;
mod servers;

mod costs;
mod drs;
mod drs_accounts;
mod drs_quotas;
mod drs_source_servers;
mod ec2_amis;
mod ec2_instance_profiles;
mod ec2_instance_types;
mod ec2_instances;
mod ec2_regions;
mod ec2_security_groups;
mod ec2_snapshots;
mod ec2_subnets;
mod ec2_tags;
mod ec2_times;

#[cfg(test)]
mod scripted_aws;

pub use account::AccountId;
pub use accounts::{ASSUME_ROLE, Accounts};
pub use aws::Aws;
pub use cost::Cost;
pub use data_type::{DataType, ListShape, NamedSchema};
pub use drs_accounts::DRS_ACCOUNTS;
pub use ec2_regions::{DESCRIBE_REGIONS, EC2_REGIONS, UsableRegions, usable_regions};
pub use endpoints::endpoint_overrides;
pub use error::{FailureKind, FetchError};
pub use identity::Caller;
pub use lookup_events::{
    KEPT_FOR, LATE_BY, Lookup, LookupBy, LookupEvents, OVERLAP, RecordedEvent, RecordedName, Slice,
};
pub use made_old_by::MadeOldBy;
pub use region::Region;
pub use registry::{
    AccountEntry, AccountRegistry, ConfiguredAccounts, DynamoDbAccounts, InvalidAccount, RegisteredAccount, RoleArn,
    SeveralRegistries,
};
pub use runtime_actions::RUNTIME_ACTIONS;
pub use scope::{Scope, ScopeRule};
pub use servers::{AppTag, AskedServers, InvalidAppTag, Server, servers_by_id, servers_with};
pub use source::Source;
pub use table::{DATA_TYPES, data_type};
pub use ttl::TtlPolicy;
pub use waiting::Waiting;
