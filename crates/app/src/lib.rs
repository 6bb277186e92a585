#![doc = include_str!("../README.md")]

pub mod configuration;
pub mod wiring;

mod environment;
mod logging;

mod app;
mod changes;
mod chosen_regions;
mod functions;
mod iam_policy;
mod inspection;
mod invalidation;
mod issuer;
mod listing;
mod principal;
mod private_uri;
pub mod problem;
mod queries;
mod stats;

pub mod diagnosis;
mod registrations;
mod sql_accounts;

pub mod costs;
pub mod events;
pub mod from_logs;
pub mod history_queries;
pub mod inventory;
pub mod runtime;
pub mod sync;
pub mod warming;

pub mod http;
pub mod metrics;
mod request_id;
mod serve;

mod accounts_seen;
mod nearest;
mod outage;

pub use app::{App, Parts, StoreStatus};
pub use changes::{Change, Changes, What};
pub use chosen_regions::ChosenRegions;
pub use environment::SystemEnvironment;
pub use functions::{FUNCTIONS, Function, HistoryUse};
pub use iam_policy::{IamPolicy, Permissions, RolePattern, Table, TableArn, TableUse};
pub use invalidation::{Invalidation, InvalidationDone, InvalidationRequest};
pub use issuer::{Issuer, KeysUnreadable, RefusedToken};
pub use listing::{Entries, EntriesPage, Entry};
pub use logging::{LogFormat, Others, start_logging, start_logging_to};
pub use principal::Principal;
pub use private_uri::is_private;
pub use queries::{
    AwsFetcher, Fetcher, Queries, Question, RegionalAnswers, Reply, account_of_text, data_type_of_text, region_of_text,
};
pub use registrations::{Place, Registration, Registrations};
pub use request_id::RequestId;
pub use serve::serve;
pub use sql_accounts::RegisteredInSql;
pub use stats::{Stats, StoreStats};

// What callers of the use cases handle, so that they need no other crate of ours.
pub use larder_cache::{
    Answer, Cache, Content, Directives, Environment, Freshness, InspectedEntry, InspectedPolicy, Inspection,
    LatencyReport, LayerReport, NextRequest, Origin, Refresh, Report, TypeReport, Verdict,
};
pub use larder_history::{Finding, History, HistoryError, Pruned, Retention, SqliteHistory};
pub use larder_runtime::{Answer as Runtime, Asked, Month, Quality, Second, Totals, read_described};
pub use larder_sources::{
    AccountEntry, AccountId, Accounts, Caller, ConfiguredAccounts, Cost, DATA_TYPES, DRS_ACCOUNTS, DataType,
    DynamoDbAccounts, EC2_REGIONS, FailureKind, FetchError, InvalidAccount, KEPT_FOR, ListShape, RUNTIME_ACTIONS,
    Region, RegisteredAccount, Scope, ScopeRule,
};

#[cfg(test)]
mod deployment;
#[cfg(test)]
mod documentation;
#[cfg(test)]
mod test_app;
