//! Opens the store and makes the SDK's configuration: one function for each kind, so that a host that names only one
//! links only that.

mod accounts;
mod aws;
mod store;

pub use accounts::{accounts, accounts_table, ambient_fetcher};
pub use aws::{ambient_aws, ambient_region, endpoint_overrides, fixed_aws};
pub use store::{OpenedStore, default_sqlite_path, dynamodb_store, memory_store, no_store, sqlite_store, switched_off};
