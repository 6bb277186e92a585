#![doc = include_str!("../README.md")]

mod answer_http;
mod calculation;
mod direct;
mod http_event;
mod inventory_sync;
mod invocations;
mod normalise;
mod principal;
mod response;
mod start;
mod warming;

pub use answer_http::answer_http;
pub use calculation::{calculate, time_left};
pub use direct::{invalidate_directly, is_http_event};
pub use http_event::{Answered, HttpFunction};
pub use inventory_sync::InventorySync;
pub use invocations::Invocations;
pub use response::respond;
pub use start::{ended, start, start_calculator, start_responder, start_sync, start_warmer, start_with_history};
pub use warming::warm;

#[cfg(test)]
mod tests;
