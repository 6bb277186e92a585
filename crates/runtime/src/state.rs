use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The state of an instance, in EC2's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstanceState {
    /// It boots.
    Pending,
    /// It runs.
    Running,
    /// It is about to be stopped.
    Stopping,
    /// It does not run, and may be started again.
    Stopped,
    /// It is about to be terminated.
    ShuttingDown,
    /// It does not run, and never will.
    Terminated,
}

/// A text that is no state of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be one of pending, running, stopping, stopped, shutting-down, terminated")]
pub struct NotAState;

impl InstanceState {
    /// All of them, with EC2's names.
    pub const ALL: [(&str, Self); 6] = [
        ("pending", Self::Pending),
        ("running", Self::Running),
        ("stopping", Self::Stopping),
        ("stopped", Self::Stopped),
        ("shutting-down", Self::ShuttingDown),
        ("terminated", Self::Terminated),
    ];

    /// Whether nothing can start it any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::ShuttingDown | Self::Terminated)
    }
}

impl FromStr for InstanceState {
    type Err = NotAState;

    fn from_str(text: &str) -> Result<Self, NotAState> {
        Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, state)| *state).ok_or(NotAState)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_are_written() {
        for (name, state) in InstanceState::ALL {
            assert_eq!(serde_json::to_value(state).expect("a text"), name);
            assert_eq!(name.parse(), Ok(state));
        }
        assert_eq!("Running".parse::<InstanceState>(), Err(NotAState));
    }
}
