//! The stand-in, asked over HTTP.

mod ask;
mod call_tags;
mod cloudtrail;
mod control;
mod cost_explorer;
mod credentials;
mod drs;
mod ebs;
mod ec2;
mod fault_transport;
mod faults;
mod iam;
mod images;
mod instance_types;
mod instances;
mod lifecycle;
mod model;
mod model_conformance;
mod replay;
mod roles;
mod sdk;
mod security_groups;
mod service_quotas;
mod service_quotas_sdk;
mod xml;
