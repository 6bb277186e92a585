#![doc = include_str!("../README.md")]

mod asset;
#[cfg(test)]
#[path = "../build/joined.rs"]
mod joined;
mod page;
mod policy;

pub use asset::{Asset, Lasting};
pub use page::{Page, page};
pub use policy::content_security_policy;
