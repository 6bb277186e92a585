//! `query-handler` itself, through the Lambda runtime API.

pub(crate) mod memory_hit;
pub(crate) mod miss;
pub(crate) mod size;
pub(crate) mod start;
pub(crate) mod store_hit;

mod answer;
mod deployment;
mod function;
mod question;
mod regions;
mod runtime_api;
mod started;

pub(crate) use question::{LARGE, SMALL};
