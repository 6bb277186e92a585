//! What EventBridge tells: evidence of running minutes, and what makes stored answers old.

mod event;
mod made_old;
mod marks;
mod registry;
mod report;
mod responder;

pub use report::EventReport;
pub use responder::EventResponder;

#[cfg(test)]
mod faked_places;
#[cfg(test)]
mod tests;
