//! The cache protocol, promise by promise: on a paused clock, over a store and an upstream that do as they are told.

mod clock;
mod fault;
mod scripted_store;
mod scripted_upstream;
#[path = "../simulation/splitmix64.rs"]
mod splitmix64;
mod world;

mod checking;
mod deadline;
mod directives;
mod expiry;
mod extremes;
mod fences;
mod folding;
mod inspection;
mod items;
mod joining;
mod lease;
mod lease_end;
mod looks;
mod memory;
mod negative;
mod outage;
mod purge;
mod renewal;
mod stale;
mod stale_if_error;
mod statistics;
mod store_faults;
mod warming;
