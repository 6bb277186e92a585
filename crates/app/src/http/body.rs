use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;

use axum::body::{Body, to_bytes};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use http_body_util::LengthLimitError;
use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::problem::{Code, Problem, quoted, without_secrets};

/// The largest body that is read: 16 KiB.
const LARGEST: usize = 16 * 1024;

/// A request's body as JSON.
///
/// # Errors
/// [`Code::UnsupportedMediaType`], [`Code::BodyTooLarge`], and [`Code::InvalidBody`] for one that is absent, not JSON, or an object with a field that
/// is there twice: which of the two is meant is anyone's guess.
pub(super) async fn json(headers: &HeaderMap, body: Body) -> Result<Value, Problem> {
    if let Some(other) = headers.get_all(CONTENT_TYPE).iter().find(|value| !may_be_json(value)) {
        let detail = format!(
            "The body must be JSON, and Content-Type says {}.",
            quoted(&String::from_utf8_lossy(other.as_bytes()))
        );
        return Err(Problem::new(Code::UnsupportedMediaType, detail));
    }
    let bytes = to_bytes(body, LARGEST).await.map_err(|error| {
        if is_too_long(&error) {
            let detail = format!("The body may have at most {LARGEST} bytes.");
            return Problem::new(Code::BodyTooLarge, detail);
        }
        Problem::new(Code::InvalidBody, "The body did not arrive whole.")
    })?;
    if bytes.is_empty() {
        let detail = "There is no body. It must be a JSON object; {} clears everything.";
        return Err(Problem::new(Code::InvalidBody, detail));
    }
    let json: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Problem::new(Code::InvalidBody, format!("The body is not JSON: {error}.")))?;
    if let Some(field) = repeated_field(&bytes) {
        let detail = format!("The body has the field {} more than once.", quoted(&field));
        return Err(Problem::new(Code::InvalidBody, detail).with("field", without_secrets(&field)));
    }
    Ok(json)
}

/// Also of the type that curl gives to what it is told to send where nobody names one.
fn may_be_json(content_type: &HeaderValue) -> bool {
    let essence = content_type.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    ["application/json", "application/x-www-form-urlencoded"].contains(&&*essence) || essence.ends_with("+json")
}

fn is_too_long(error: &axum::Error) -> bool {
    error.source().is_some_and(<dyn Error>::is::<LengthLimitError>)
}

/// The field of an object that is there again, if it is one; a [`Value`] has already lost it.
fn repeated_field(object: &[u8]) -> Option<String> {
    serde_json::Deserializer::from_slice(object).deserialize_map(RepeatedField).ok().flatten()
}

struct RepeatedField;

impl<'de> Visitor<'de> for RepeatedField {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let (mut seen, mut repeated) = (BTreeSet::new(), None);
        while let Some((field, IgnoredAny)) = fields.next_entry::<String, _>()? {
            if !seen.insert(field.clone()) {
                repeated = repeated.or(Some(field));
            }
        }
        Ok(repeated)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&[], None)]
    #[case(&["application/json"], None)]
    #[case(&["Application/JSON ; charset=utf-8"], None)]
    #[case(&["application/merge-patch+json"], None)]
    #[case(&["application/x-www-form-urlencoded"], None)]
    #[case(&["text/plain"], Some(Code::UnsupportedMediaType))]
    #[case(&["multipart/form-data; boundary=x"], Some(Code::UnsupportedMediaType))]
    #[case(&["application/jsonx"], Some(Code::UnsupportedMediaType))]
    #[case(&[""], Some(Code::UnsupportedMediaType))]
    #[case(&["application/json", "text/plain"], Some(Code::UnsupportedMediaType))]
    #[tokio::test]
    async fn a_body_of_another_type_is_not_read(#[case] types: &[&'static str], #[case] refused: Option<Code>) {
        let headers = types.iter().map(|value| (CONTENT_TYPE, HeaderValue::from_static(value)));
        let read = json(&headers.collect(), Body::from("{}")).await;
        assert_eq!(read.err().map(|problem| problem.code()), refused);
    }
}
