use std::fmt;

use super::Listed;
use crate::key::Key;

/// Where an entry stands in a listing: by age, then by key. Its text, `createdAt|key`, can go out as a cursor and
/// come back, to this store or to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    created_at: u64,
    key: String,
}

impl Position {
    /// Reads the text of a position; `None` for any other, such as one whose key no entry could have.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (created_at, key) = text.split_once('|')?;
        let position = Self { created_at: created_at.parse().ok()?, key: key.to_owned() };
        // Two texts of one position would be two cursors of one page: `+1` is a number too.
        (Key::is_text(key) && position.to_string() == text).then_some(position)
    }

    /// When the entry's fetch began, in Unix milliseconds.
    #[must_use]
    pub fn created_at(&self) -> u64 {
        self.created_at
    }

    /// The text of the entry's key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl Listed {
    /// Where it stands: a page asked for after this begins with the next entry.
    #[must_use]
    pub fn position(&self) -> Position {
        Position { created_at: self.created_at, key: self.key.clone() }
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
        assert_eq!(Position::parse(&position.to_string()), Some(position));
        for text in [
            "",
            "|",
            "x|y",
            "17",
            "17|",
            "17|#epoch",
            "17|ec2-subnets",
            "17#ec2-subnets#us-east-1#global",
            "-1|ec2-subnets#us-east-1#global",
            "+1|ec2-subnets#us-east-1#global",
            "01|ec2-subnets#us-east-1#global",
            "1|ec2-subnets#us-east-1#global|",
            "99999999999999999999|ec2-subnets#us-east-1#global",
        ] {
            assert_eq!(Position::parse(text), None, "{text}");
        }
    }
}
