use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;

use axum::body::{Body, to_bytes};
use http_body_util::LengthLimitError;
use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::problem::{Code, Problem, quoted};

/// The largest body that is read: 16 KiB.
const LARGEST: usize = 16 * 1024;

/// A request's body as JSON.
///
/// # Errors
/// [`Code::BodyTooLarge`], and [`Code::InvalidBody`] for one that is absent, not JSON, or an object with a field that
/// is there twice: which of the two is meant is anyone's guess.
pub(super) async fn json(body: Body) -> Result<Value, Problem> {
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
        return Err(Problem::new(Code::InvalidBody, detail).with("field", field));
    }
    Ok(json)
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
