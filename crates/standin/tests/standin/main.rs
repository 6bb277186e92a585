//! The stand-in, asked over HTTP.

mod ask;
mod credentials;
mod drs;
mod ec2;
mod instance_types;
mod lifecycle;
mod model;
mod sdk;
mod service_quotas;
mod xml;
