#![doc = include_str!("../README.md")]

mod asset;
mod page;
mod policy;

pub use asset::{Asset, Lasting};
pub use page::{Page, page};
pub use policy::content_security_policy;
