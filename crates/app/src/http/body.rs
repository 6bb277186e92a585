use std::error::Error;

use axum::body::{Body, to_bytes};
use http_body_util::LengthLimitError;
use serde_json::Value;

use crate::problem::{Code, Problem};

/// The largest body that is read: 16 KiB.
const LARGEST: usize = 16 * 1024;

/// A request's body as JSON.
///
/// # Errors
/// [`Code::BodyTooLarge`], and [`Code::InvalidBody`] for one that is absent or not JSON.
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
    serde_json::from_slice(&bytes)
        .map_err(|error| Problem::new(Code::InvalidBody, format!("The body is not JSON: {error}.")))
}

fn is_too_long(error: &axum::Error) -> bool {
    error.source().is_some_and(<dyn Error>::is::<LengthLimitError>)
}
