use std::fmt;

use serde::Serialize;

/// An AWS account: exactly 12 ASCII digits, so it is safe in a key, a host or an ARN.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AccountId(Box<str>);

impl AccountId {
    /// The account that `text` names, or `None` unless it is exactly 12 ASCII digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        (digits == 12 && text.len() == 12).then(|| Self(text.into()))
    }

    /// The 12 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("123456789012", true)]
    #[case("000000000000", true)]
    #[case("12345678901", false)]
    #[case("1234567890123", false)]
    #[case("12345678901a", false)]
    #[case(" 23456789012", false)]
    #[case("-23456789012", false)]
    #[case("١٢٣٤٥٦٧٨٩٠١٢", false)]
    #[case("123456789012\n", false)]
    #[case("global", false)]
    #[case("", false)]
    fn an_account_is_12_ascii_digits(#[case] text: &str, #[case] valid: bool) {
        let account = AccountId::parse(text);
        assert_eq!(account.is_some(), valid);
        assert!(account.is_none_or(|account| account.to_string() == text));
    }
}
