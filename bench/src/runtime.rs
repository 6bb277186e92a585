//! Running minutes: what working them out asks of CloudTrail, and how long reading them takes.

pub(crate) mod calls;
pub(crate) mod reading;

mod no_waiting;
