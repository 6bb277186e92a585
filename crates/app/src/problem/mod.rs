//! What can go wrong for a caller, as RFC 9457 problem documents.

mod code;
mod of_failure;
mod of_history_error;
mod of_store_error;

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::RequestId;

pub use code::Code;
pub use of_failure::{of_failure, of_fetch_error};
pub(crate) use of_history_error::of_history_error;
pub(crate) use of_store_error::{of_invalidate_error, of_store_error};

/// One thing that went wrong: a stable code, and words for people.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    code: Code,
    detail: String,
    members: Map<String, Value>,
    retry_after: Option<Duration>,
}

impl Problem {
    /// The content type of a problem document.
    pub const CONTENT_TYPE: &'static str = "application/problem+json";

    /// A problem of that code. The detail is a sentence that says what is wrong and what would be right.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), members: Map::new(), retry_after: None }
    }

    /// The same with a member of its own beside RFC 9457's.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.members.insert(member.to_owned(), value.into());
        self
    }

    /// The same with another sentence behind its detail.
    #[must_use]
    pub fn adding(mut self, sentence: &str) -> Self {
        self.detail = format!("{} {sentence}", self.detail);
        self
    }

    /// The same, telling the caller when to come back.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The same, telling which request had it.
    #[must_use]
    pub fn of_request(self, id: &RequestId) -> Self {
        self.with("requestId", id.as_str())
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The sentence for people.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// When the caller may come back, if that is known.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The problem document.
    #[must_use]
    pub fn document(&self) -> Value {
        let mut document = json!({
            "type": self.code.uri(),
            "title": self.code.title(),
            "status": self.code.status(),
            "code": self.code.name(),
            "detail": self.detail,
        });
        if let Some(document) = document.as_object_mut() {
            document.extend(self.members.clone());
        }
        document
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.detail)
    }
}

impl std::error::Error for Problem {}

/// What a caller wrote, fit to be repeated to them and to be logged: quoted, escaped, not longer than a line, and without
/// what looks like a secret that was put in the wrong place.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 64;
    let text = without_secrets(text);
    let short: String = text.chars().take(LONGEST).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("{:?}", format!("{short}{more}"))
}

/// The same text without what looks like a secret, for what an error of a library repeats.
pub(crate) fn without_secrets(text: &str) -> String {
    let is_between = |letter: char| !letter.is_ascii_alphanumeric() && !"-_+/=.".contains(letter);
    let words = text.split_inclusive(is_between).map(|piece| {
        let word = piece.trim_end_matches(is_between);
        if looks_secret(word) { piece.replace(word, "[a secret?]") } else { piece.to_owned() }
    });
    words.collect()
}

/// Keys and tokens mix capitals, small letters and digits at length. Nothing that a route takes does.
fn looks_secret(word: &str) -> bool {
    const SHORTEST: usize = 20;
    let has = |is_one: fn(&u8) -> bool| word.as_bytes().iter().any(is_one);
    word.len() >= SHORTEST && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_the_members_of_rfc_9457_and_its_own() {
        let problem = Problem::new(Code::UnknownRegion, "No.").with("region", "mars");
        let document = problem.document();
        assert_eq!(document["type"], "urn:problem-type:larder:unknown-region");
        assert_eq!(document["status"], 400);
        assert_eq!(document["code"], "UNKNOWN_REGION");
        assert_eq!(document["region"], "mars");
        assert_eq!(document["detail"], "No.");
        assert!(document["title"].is_string());
    }

    #[test]
    fn what_a_caller_wrote_is_repeated_in_one_short_line() {
        assert_eq!(quoted("a\nb"), r#""a\nb""#);
        assert_eq!(quoted("region eyJhbGciOiJub25lIn0.e30."), "\"region [a secret?]\"");
        assert_eq!(quoted("/ec2/instance-profiles/111122223333"), "\"/ec2/instance-profiles/111122223333\"");
        assert!(quoted(&"é".repeat(10_000)).chars().count() < 70);
    }
}
