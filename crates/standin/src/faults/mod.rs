//! Faults on demand: what AWS does on a bad day.

mod active;
mod document;
mod fault;
mod refusal;
mod transport;

pub(crate) use active::Faults;
pub(crate) use document::FaultDocument;
pub use fault::{Fault, FaultKind, Lasts};
pub(crate) use refusal::throttled;
