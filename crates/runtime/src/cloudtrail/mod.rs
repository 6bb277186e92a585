//! CloudTrail's events, in all the forms that people have them.

mod item;
mod items;
mod log;
mod record;

pub use item::read_item;
pub use items::{Items, ReadError};
pub use log::items;
pub use record::{EVENT_NAMES, Event, NotAnEvent, Tells, read_event};
