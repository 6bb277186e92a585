//! Questions that only the history can answer: one row each, which HTTP, its document and the program loop over.

mod table;

mod asked;
mod parameter;
mod rows;
mod status;

pub use asked::{AskedHistory, HistoryAnswer};
pub use parameter::{QueryParameter, Values};
pub use status::{HistoryReport, TableReport};
pub use table::{Column, HISTORY_QUERIES, HistoryQuery};

#[cfg(test)]
mod tests;
