use std::fmt;

use larder_cache::Environment;

/// What names one request wherever it is spoken of: in each line of the log, in the answer's header `x-request-id`, in a
/// problem document's `requestId`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

/// API Gateway's have 16 characters.
const LONGEST: usize = 128;

impl RequestId {
    /// The header that answers carry it in.
    pub const HEADER: &'static str = "x-request-id";

    /// The id that a gateway gave the request, if it is one that may stand in a header and in a line of a log.
    #[must_use]
    pub fn of_gateway(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.=+/".contains(&byte);
        let valid = (1..=LONGEST).contains(&text.len()) && text.bytes().all(allowed);
        valid.then(|| Self(text.to_owned()))
    }

    /// A new one. What a client calls its request is not taken over: two requests must not have one id.
    #[must_use]
    pub fn new(environment: &dyn Environment) -> Self {
        Self(format!("{:016x}{:016x}", environment.random(), environment.random()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateways_id_is_taken_if_it_can_break_no_line_and_no_header() {
        assert_eq!(
            RequestId::of_gateway("JKJaXmPLvHcESHA=").map(|id| id.to_string()).as_deref(),
            Some("JKJaXmPLvHcESHA=")
        );
        for text in ["", "a b", "a\nb", "é", "\"", &"x".repeat(LONGEST + 1)] {
            assert_eq!(RequestId::of_gateway(text), None, "{text:?}");
        }
    }
}
