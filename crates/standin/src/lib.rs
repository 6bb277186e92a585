#![doc = include_str!("../README.md")]

mod call_tag;
mod caller;
mod calls;
mod clock;
mod control;
mod costs;
mod faults;
mod fleet;
mod handle;
mod latency;
mod lives;
mod lookup_rate;
mod operations;
mod paging;
mod replay;
mod request;
mod server;
mod services;
mod sessions;
mod snapshot;
mod standin;
mod unknown_keys;
mod wire;

pub use call_tag::{CALL_TAG, CallTags};
pub use calls::CalledOperation;
pub use costs::{Amount, Charge, Costs};
pub use faults::{Fault, FaultKind, Lasts};
pub use fleet::{
    Account, AccountId, Disk, Extension, Fleet, InstanceProfile, InstanceProfileRole, InstanceType, IpPermission, Job,
    JobStatus, Quota, ReplicationState, SecurityGroup, SourceServer, Subnet,
};
pub use handle::Handle;
pub use latency::Latency;
pub use lives::{
    APP_TAG, Cause, Delivery, Described, EbsSnapshot, Hibernation, Image, InstanceState, Life, Lives, Market,
    Notification, Record, ServerCounts, Transition, Volume,
};
pub use lookup_rate::LookupRate;
pub use replay::Recording;
pub use standin::{Config, Standin, StartError};
pub use unknown_keys::UnknownKeys;
