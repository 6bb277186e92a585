//! Keeping warm: what is used is fetched again before it expires, so that no request waits for it.
//!
//! A run lists what is stored, fetches what will not be fresh until the next run is done with it, the most urgent first,
//! and tells what earlier runs saved and what they wasted. Nothing is kept between runs but in the entries themselves.

mod warmer;

mod of_type;
mod turns;

mod budget;
mod due;
mod listed;
mod period;
mod unwarmed;

mod event;
mod report;

pub use event::check_event;
pub use report::{NotRenewed, TypeReport, WarmingReport};
pub use warmer::Warmer;

#[cfg(test)]
mod tests;
