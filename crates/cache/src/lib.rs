#![doc = include_str!("../README.md")]

mod answer;
mod breaker;
mod cache;
mod codec;
mod entry;
mod environment;
mod epoch;
mod flight;
mod guarded;
mod inspection;
mod key;
mod look;
mod memory;
mod part;
mod policy;
mod scope;
mod selector;
mod statistics;
pub mod store;
mod trust;
mod upstream;
mod variant;

pub use answer::{Answer, Content, Failure, Forward, Freshness, InvalidateError, Invalidated, Origin};
pub use cache::Cache;
pub use environment::{Environment, Moment};
pub use epoch::{Death, Epoch, Fence, Incarnation, Marks};
pub use guarded::StoreHealth;
pub use inspection::{InspectedEntry, InspectedPolicy, Inspection, NextRequest, Verdict};
pub use key::Key;
pub use part::InvalidPart;
pub use policy::{BreakerSettings, Directives, FetchOncePer, LeaseSettings, Policy, Refresh, Settings};
pub use scope::{Account, Scope};
pub use selector::Selector;
pub use statistics::{Events, LatencyReport, LayerReport, Report, RequestsReport, TypeReport};
pub use upstream::{FailureClass, Upstream, UpstreamError};
pub use variant::Variant;
