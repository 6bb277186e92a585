use std::borrow::Cow;

use http::Uri;

use crate::problem::{Code, Problem, quoted};

/// The most that one page may have, of items or of entries.
pub(super) const LARGEST_LIMIT: usize = 1_000;

/// The query parameters of a request; every one is known, and given once.
#[derive(Debug)]
pub(super) struct Parameters<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Parameters<'a> {
    /// Reads them.
    ///
    /// # Errors
    /// [`Code::UnknownParameter`] for one that is not among `known` or is repeated: a typo must not be taken for
    /// something left out.
    pub(super) fn of(uri: &'a Uri, known: &[&str]) -> Result<Self, Problem> {
        let mut parameters: Vec<(Cow<'_, str>, Cow<'_, str>)> = Vec::new();
        let query = uri.query().unwrap_or_default();
        let all: Vec<(Cow<'_, str>, Cow<'_, str>)> = serde_urlencoded::from_str(query)
            .map_err(|error| Problem::new(Code::UnknownParameter, format!("The query is malformed: {error}.")))?;
        for (name, value) in all {
            let wrong = if !known.contains(&&*name) {
                "There is no parameter"
            } else if parameters.iter().any(|(earlier, _)| *earlier == name) {
                "There is more than one parameter"
            } else {
                parameters.push((name, value));
                continue;
            };
            let known_ones = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let detail = format!("{wrong} {}. This route takes {known_ones}, each once.", quoted(&name));
            return Err(Problem::new(Code::UnknownParameter, detail).with("known", known.to_vec()));
        }
        Ok(Self(parameters))
    }

    /// The value of that parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    /// The parameter `limit`.
    ///
    /// # Errors
    /// [`Code::InvalidLimit`] unless it is a whole number from 1 to [`LARGEST_LIMIT`].
    pub(super) fn limit(&self) -> Result<Option<usize>, Problem> {
        let Some(text) = self.get("limit") else { return Ok(None) };
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let limit = digits.then(|| text.parse().ok()).flatten().filter(|limit| (1..=LARGEST_LIMIT).contains(limit));
        let wrong = || format!("{} is not a whole number from 1 to {LARGEST_LIMIT}.", quoted(text));
        limit.map(Some).ok_or_else(|| Problem::new(Code::InvalidLimit, wrong()))
    }
}
