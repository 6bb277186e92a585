//! Opens the store and makes the SDK's configuration: one function for each kind, so that a host that names only one
//! links only that.

mod accounts;
mod aws;
mod configured_region;
mod connections;
mod history;
mod runtime;
mod store;

pub(crate) use accounts::{SharedRegistry, shared_registry};
pub use accounts::{accounts, accounts_table, ambient_fetcher};
pub use aws::{ambient_aws, chosen_profile, endpoint_overrides, fixed_aws};
pub use configured_region::{ConfiguredRegion, ambient_region, configured_region};
pub(crate) use connections::connector;
pub use history::{HistoryHealth, OpenedHistory, default_history_path, ephemeral_history, history_of};
pub use runtime::{NoRuntime, OpenedRuntime, dynamodb_runtime, sqlite_runtime};
pub use store::{OpenedStore, default_sqlite_path, dynamodb_store, memory_store, no_store, sqlite_store, switched_off};
