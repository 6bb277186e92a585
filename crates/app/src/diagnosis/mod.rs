//! The use case: what works and what doesn't, asked of AWS itself and past the cache. Nothing of it is kept.

mod answered;
mod configured;
mod examine;
mod finding;
mod findings;
mod plan;
mod regions;
mod registry;
mod role;
mod store;

pub use answered::{Answered, Outcome};
pub use configured::region_finding;
pub use examine::{AccountExamined, Diagnosis, Examination, Step};
pub use finding::{Finding, Severity};
pub use regions::RegionsFrom;
pub use registry::{registry_findings, table_advice, table_finding};
pub use role::{check_roles, role_finding};
pub use store::store_findings;

#[cfg(test)]
mod tests;
