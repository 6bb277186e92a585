use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The tag of the servers whose running minutes are worked out, written `Key=Value`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AppTag {
    key: String,
    value: String,
}

/// Why a text is no [`AppTag`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAppTag {
    /// It has no `=`.
    #[error("it must be Key=Value")]
    NoValue,
    /// The key is not one that EC2 allows.
    #[error("the key before the = must have 1 to 128 characters, no space at its ends and no control character")]
    Key,
    /// The value is not one that EC2 allows.
    #[error("the value after the = must have 1 to 256 characters, no space at its ends and no control character")]
    Value,
}

const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;

impl AppTag {
    /// The key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What `DescribeInstances` calls the tag.
    pub(super) fn filter_name(&self) -> String {
        format!("tag:{}", self.key)
    }

    /// The value, and only that: EC2's filters take `*` and `?` for any text unless a backslash stands before them.
    pub(super) fn filter_value(&self) -> String {
        let escaped = |letter| matches!(letter, '*' | '?' | '\\').then_some('\\').into_iter().chain([letter]);
        self.value.chars().flat_map(escaped).collect()
    }

    pub(super) fn is_among(&self, tags: &BTreeMap<String, String>) -> bool {
        tags.get(&self.key) == Some(&self.value)
    }
}

impl FromStr for AppTag {
    type Err = InvalidAppTag;

    /// The key ends at the first `=`.
    fn from_str(text: &str) -> Result<Self, InvalidAppTag> {
        let (key, value) = text.split_once('=').ok_or(InvalidAppTag::NoValue)?;
        if !is_allowed(key, LONGEST_KEY) {
            return Err(InvalidAppTag::Key);
        }
        if !is_allowed(value, LONGEST_VALUE) {
            return Err(InvalidAppTag::Value);
        }
        Ok(Self { key: key.to_owned(), value: value.to_owned() })
    }
}

fn is_allowed(text: &str, longest: usize) -> bool {
    let length = text.chars().count();
    (1..=longest).contains(&length) && text.trim() == text && !text.contains(char::is_control)
}

impl fmt::Display for AppTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.key, self.value)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn tag(text: &str) -> AppTag {
        text.parse().expect("a tag")
    }

    #[rstest]
    #[case("App=billing", "App", "billing")]
    #[case("aws:autoscaling:groupName=web 1", "aws:autoscaling:groupName", "web 1")]
    #[case("Größe=a=b", "Größe", "a=b")]
    fn a_tag_is_a_key_and_a_value(#[case] text: &str, #[case] key: &str, #[case] value: &str) {
        assert_eq!((tag(text).key(), tag(text).value()), (key, value));
        assert_eq!(tag(text).to_string(), text);
    }

    #[test]
    fn as_long_as_ec2_allows_and_no_longer() {
        for (key, value, error) in [
            (128, 256, None),
            (129, 256, Some(InvalidAppTag::Key)),
            (128, 257, Some(InvalidAppTag::Value)),
            (0, 1, Some(InvalidAppTag::Key)),
            (1, 0, Some(InvalidAppTag::Value)),
        ] {
            let text = format!("{}={}", "ä".repeat(key), "ö".repeat(value));
            assert_eq!(text.parse::<AppTag>().err(), error);
        }
    }

    #[rstest]
    #[case("App", InvalidAppTag::NoValue)]
    #[case("", InvalidAppTag::NoValue)]
    #[case("App =a", InvalidAppTag::Key)]
    #[case("App= a", InvalidAppTag::Value)]
    #[case("App=a\n", InvalidAppTag::Value)]
    #[case("A\u{0}p=a", InvalidAppTag::Key)]
    fn what_is_wrong_is_named(#[case] text: &str, #[case] error: InvalidAppTag) {
        assert_eq!(text.parse::<AppTag>(), Err(error));
    }

    #[test]
    fn a_filter_asks_for_that_value_alone() {
        assert_eq!(tag("App=a*b?c\\d").filter_value(), "a\\*b\\?c\\\\d");
        assert_eq!(tag("App=a b").filter_value(), "a b");
        assert_eq!(tag("App=a b").filter_name(), "tag:App");
    }
}
