//! The promises of the README, held against whole fleets: the cache as it ships, on clocks, a store and an upstream that
//! a seed makes, and in an order of tasks that it makes too.
//!
//! `LARDER_SEEDS=100000` runs so many fleets, `LARDER_SEED=7` only that one, and prints its history.

mod seeds;

mod plan;
mod questions;
mod script;
mod world;

mod container;
mod container_store;
mod shared_store;
mod upstream;
mod weather;

mod clocks;
mod executor;
mod random;
mod sleep;
mod splitmix64;
mod timeline;

mod evidence;
mod history;
mod promises;
mod tally;
