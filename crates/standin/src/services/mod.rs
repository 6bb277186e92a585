//! What each operation answers: one file for each service.

pub(crate) mod cloudtrail;
pub(crate) mod cost_explorer;
pub(crate) mod drs;
pub(crate) mod ec2;
pub(crate) mod iam;
pub(crate) mod service_quotas;
pub(crate) mod sts;
