#![doc = include_str!("../README.md")]

mod direct;
mod http_event;
mod normalise;
mod principal;
mod start;

pub use direct::{invalidate_directly, is_http_event};
pub use http_event::{Answered, HttpFunction};
pub use start::{ended, start};

#[cfg(test)]
mod tests;
