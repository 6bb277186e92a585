#![doc = include_str!("../README.md")]

mod calls;
mod fleet;
mod handle;
mod latency;
mod operations;
mod paging;
mod request;
mod server;
mod services;
mod standin;
mod wire;

pub use calls::CalledOperation;
pub use fleet::{
    Account, AccountId, Disk, Extension, Fleet, InstanceType, Job, JobStatus, Quota, ReplicationState, SourceServer,
    Subnet,
};
pub use handle::Handle;
pub use latency::Latency;
pub use standin::{Config, Standin, StartError};
