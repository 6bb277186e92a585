#![doc = include_str!("../README.md")]

mod account;
mod aws;
mod data_type;
mod endpoints;
mod error;
mod identity;
mod pages;
mod region;
mod scope;
mod source;
mod table;
mod ttl;
mod whole_answer;

mod drs_quotas;
mod ec2_instance_types;
mod ec2_subnets;

#[cfg(test)]
mod scripted_aws;

pub use account::AccountId;
pub use aws::Aws;
pub use data_type::{DataType, ListShape, NamedSchema};
pub use endpoints::endpoint_overrides;
pub use error::{FailureKind, FetchError};
pub use region::Region;
pub use scope::{Scope, ScopeRule};
pub use source::Source;
pub use table::{DATA_TYPES, data_type};
pub use ttl::TtlPolicy;
