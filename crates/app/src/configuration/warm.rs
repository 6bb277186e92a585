use std::time::Duration;

use larder_cache::Key;

/// What is kept warm, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct WarmConfiguration {
    /// How often the warmer runs.
    pub every: Duration,
    /// How many fetches of a data type it may make in a minute.
    pub fetches_per_minute: usize,
    /// What is kept warm whether or not it is used.
    pub keys: Vec<Key>,
}

impl Default for WarmConfiguration {
    fn default() -> Self {
        Self { every: Duration::from_mins(5), fetches_per_minute: 60, keys: Vec::new() }
    }
}
