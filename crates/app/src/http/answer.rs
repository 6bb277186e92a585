use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{AGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::problem::{Code, Problem};

/// The largest body of an answer, in bytes before compression. Lambda's 6 MB hold it even where every three bytes
/// travel as four of base64, as compressed ones do.
const LARGEST: usize = 4_500_000;
/// The largest body where it travels as text: a string in the JSON of Lambda's answer, beside the headers.
const LARGEST_ESCAPED: usize = 6_000_000;

pub(super) const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// What a response tells of its body.
pub(super) struct Told {
    /// What names the state that is told; `None` where a part of it is missing.
    pub(super) etag: Option<String>,
    /// `None` where nobody knows.
    pub(super) age: Option<Duration>,
    /// `None` where the cache was not asked.
    pub(super) cache_status: Option<String>,
    /// What to do if the body is too large.
    pub(super) if_too_large: &'static str,
}

/// The response that carries `body`.
pub(super) fn respond(request: &HeaderMap, told: Told, body: Bytes) -> Response {
    let Told { etag, age, cache_status, if_too_large } = told;
    let mut known = request.get_all(IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut response = if etag.as_ref().is_some_and(|etag| known.any(|line| matches_any(line, etag))) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if is_too_large(&body) {
        return too_large(body.len(), if_too_large).into_response();
    } else {
        ([(CONTENT_TYPE, "application/json")], Body::from(body)).into_response()
    };
    let headers = response.headers_mut();
    if let Some(age) = age {
        headers.insert(AGE, HeaderValue::from(age.as_secs()));
    }
    // Weak, since the bytes differ by how they are compressed on their way.
    let etag = etag.map(|etag| (ETAG, format!("W/\"{etag}\"")));
    let cache_status = cache_status.map(|status| (CACHE_STATUS, status));
    for (name, value) in etag.into_iter().chain(cache_status) {
        // Both are made of printable ASCII.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

/// Whether a line of `If-None-Match` names the tag; compared weakly, as RFC 9110 says (section 13.1.2).
pub(super) fn matches_any(line: &str, etag: &str) -> bool {
    line.split(',').map(str::trim).any(|candidate| {
        let tag = candidate.strip_prefix("W/").unwrap_or(candidate);
        candidate == "*" || tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')) == Some(etag)
    })
}

/// Whether a body would not fit, however it travels. JSON at most doubles when it is escaped, so a small one isn't
/// counted.
fn is_too_large(body: &[u8]) -> bool {
    body.len() > LARGEST || (body.len() > LARGEST_ESCAPED / 2 && escaped_len(body) > LARGEST_ESCAPED)
}

/// How many bytes a text has inside a JSON string.
fn escaped_len(text: &[u8]) -> usize {
    let escaped = |byte: &u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0x00..0x20 => 6,
        _ => 1,
    };
    text.iter().map(escaped).sum()
}

fn too_large(bytes: usize, advice: &str) -> Problem {
    let detail =
        format!("The answer has {bytes} bytes; {LARGEST} are the most, or fewer where it has many quotes.{advice}");
    Problem::new(Code::ResultTooLarge, detail).with("bytes", bytes).with("most", LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_what_a_json_string_has() {
        let every_byte: String = (0..128_u8).map(char::from).chain("é€𝄞".chars()).collect();
        let written = serde_json::to_string(&every_byte).expect("a string");
        assert_eq!(escaped_len(every_byte.as_bytes()), written.len() - 2);
    }

    #[test]
    fn a_body_is_too_large_by_its_bytes_or_by_what_escapes_them() {
        assert!(!is_too_large(&vec![b'x'; LARGEST]));
        assert!(is_too_large(&vec![b'x'; LARGEST + 1]));
        assert!(!is_too_large(&vec![b'"'; LARGEST_ESCAPED / 2]));
        assert!(is_too_large(&vec![b'"'; LARGEST_ESCAPED / 2 + 1]));
    }

    #[test]
    fn tags_are_compared_weakly_in_lists_and_by_star() {
        for line in ["W/\"abc\"", "\"abc\"", "\"x\", W/\"abc\"", "*", "\"x\",\"abc\" "] {
            assert!(matches_any(line, "abc"), "{line}");
        }
        for line in ["", "abc", "\"ABC\"", "W/\"abcd\"", "w/\"abc\""] {
            assert!(!matches_any(line, "abc"), "{line}");
        }
    }
}
