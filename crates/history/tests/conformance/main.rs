//! Every sentence of the history's port, held against both databases.

mod accounts;
mod backends;
mod costs;
mod crash;
mod focus;
mod locks;
mod model;
mod postgres;
mod queries;
mod resources;
mod samples;
mod side_by_side;
mod sqlite;
mod syncs;
mod tables;
mod upkeep;
mod writable;
