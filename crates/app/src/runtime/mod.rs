//! Running minutes as a service keeps them: evidence is gathered into a ledger by the hour, and what it comes to is kept
//! beside each server.

mod answer_items;
mod calculator;
mod deadline;
mod failure;
mod items;
mod kept_month;
mod ledger;
mod of_place;
mod of_server;
mod parts;
mod place;
mod progress;
mod reader;
mod report;
mod request;
mod servers_table;
mod state_changes;
mod table_error;
mod upstream;

pub use calculator::RuntimeCalculator;
pub use failure::Failure;
pub use items::{DynamoDbItems, Item, Items, SqliteItems};
pub use kept_month::KeptMonth;
pub use ledger::{History, Ledger, MonthBefore, Ran};
pub use parts::RuntimeParts;
pub use place::{NoPlace, Place};
pub use progress::Progress;
pub use reader::{AskedServer, AskedServers, MonthOfServers, PlaceProgress, RuntimeReader, month_of_text};
pub use report::{CalculationReport, Failed};
pub use request::CalculationRequest;
pub use servers_table::{DynamoDbServers, KeptAnswer, ServersInItems, ServersTable};
pub use state_changes::StateChanges;
pub use table_error::TableError;
pub use upstream::{AwsUpstream, Places, Upstream};

#[cfg(test)]
mod world;
