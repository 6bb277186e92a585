use std::fmt;
use std::path::Path;

use super::{ConfigurationError, Source, variables};

/// Holds the token; no setting, since a secret stands in no file of settings and no flag.
pub(super) const TOKEN_VARIABLE: &str = "LARDER_TOKEN";

/// An access token for a Larder that asks for one. It is in no log: its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(String);

impl AccessToken {
    /// The token in `file`, else the one in `LARDER_TOKEN`, if there is one.
    ///
    /// # Errors
    /// A [`ConfigurationError`] for a file that can't be read, or for what no token looks like. It does not repeat it.
    pub fn read(file: Option<&Path>) -> Result<Option<Self>, ConfigurationError> {
        let Some(path) = file else {
            let variable = variables().into_iter().find(|(name, token)| name == TOKEN_VARIABLE && !token.is_empty());
            let source = || Source::Environment(TOKEN_VARIABLE.to_owned());
            return variable.map(|(_, token)| Self::parse(&token, source)).transpose();
        };
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigurationError::File { path: path.to_owned(), reason: error.to_string() })?;
        Self::parse(&text, || Source::Flag("--token-file")).map(Some)
    }

    /// What a request carries: `Bearer eyJ...`.
    #[must_use]
    pub fn authorization(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// RFC 6750's `b64token`, which every JWT is.
    fn parse(text: &str, source: impl Fn() -> Source) -> Result<Self, ConfigurationError> {
        let token = text.trim();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if token.is_empty() || !token.bytes().all(allowed) {
            let reason = "that is no access token: letters, digits and -._~+/= only, in one line".to_owned();
            return Err(ConfigurationError::Value { source_of: source(), reason });
        }
        Ok(Self(token.to_owned()))
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<AccessToken, ConfigurationError> {
        AccessToken::parse(text, || Source::Flag("--token-file"))
    }

    #[test]
    fn a_file_may_end_with_a_new_line() {
        let token = parse("eyJh.eyJz.c2ln_-\n").expect("a token");
        assert_eq!(token.authorization(), "Bearer eyJh.eyJz.c2ln_-");
    }

    #[test]
    fn no_other_text_is_a_token_and_none_is_repeated() {
        for text in ["", " \n", "secret one", "secret\nX-Evil: 1", "secré"] {
            let error = parse(text).expect_err(text).to_string();
            assert!(error.starts_with("--token-file: ") && !error.contains("secr"), "{error}");
        }
        assert_eq!(format!("{:?}", parse("secret").expect("a token")), "AccessToken(..)");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = AccessToken::read(Some(Path::new("no/such/token"))).expect_err("no file").to_string();
        assert!(error.starts_with("no/such/token: "), "{error}");
    }
}
