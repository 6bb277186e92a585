use std::fmt;

use crate::store::{Listed, StoreError};

/// Where an entry stands in a listing: by age, then by key. Its text is what [`crate::store::Page::next`] hands out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) created_at: u64,
    pub(super) key: String,
}

impl Position {
    /// The position of a listed entry.
    pub(super) fn of(entry: &Listed) -> Self {
        Self { created_at: entry.created_at, key: entry.key.clone() }
    }

    /// Reads what an earlier page handed out.
    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        let parts = text.split_once('|').and_then(|(moment, key)| Some((moment.parse().ok()?, key.to_owned())));
        let (created_at, key) =
            parts.ok_or_else(|| StoreError::Failed(format!("{text:?} is no position in a listing").into()))?;
        Ok(Self { created_at, key })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}", self.created_at, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_survives_its_text_and_anything_else_is_refused() {
        let position = Position { created_at: 1_700_000_000_000, key: "ec2-subnets#us-east-1#global".into() };
        assert_eq!(Position::parse(&position.to_string()).expect("its own text"), position);
        for text in ["", "|", "x|y", "17", "-1|ec2-subnets#us-east-1#global"] {
            assert!(Position::parse(text).is_err(), "{text}");
        }
    }
}
