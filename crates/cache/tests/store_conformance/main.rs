//! Every sentence of the store's port, held against every store.

mod backends;
mod chunks;
mod dynamodb;
mod entries;
mod epochs;
mod leases;
mod listings;
mod permissions;
mod samples;
mod scripted;
mod sqlite;
mod unprocessed;
