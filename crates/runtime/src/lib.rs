#![doc = include_str!("../README.md")]

pub mod cloudtrail;

mod answer;
mod checkpoint;
mod collected;
mod coverage;
mod describe;
mod evidence;
mod history;
mod machine;
mod month;
mod ranges;
mod second;
mod signs;
mod state;
mod timeline;
mod transition;

pub use answer::{Answer, Quality, Server};
pub use checkpoint::Checkpoint;
pub use collected::{Asked, Collected};
pub use coverage::Coverage;
pub use describe::read_described;
pub use evidence::{Act, Changed, Described, Evidence, Hibernation, Recorded, Seen};
pub use history::timeline;
pub use month::{Month, NotAMonth};
pub use second::{Second, Span};
pub use state::{InstanceState, NotAState};
pub use timeline::{Timeline, Totals};
