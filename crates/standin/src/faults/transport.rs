//! The faults that happen to an answer on its way.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use http::header::CONTENT_LENGTH;

use super::FaultKind;

const WEB_PAGE: &[u8] = b"<!DOCTYPE html><html><head><title>Sign in</title><body><h1>Sign in to the network<br></body>";

impl FaultKind {
    /// How much later the call is answered.
    pub(crate) fn delay(self) -> Duration {
        match self {
            Self::Slow(by) => by,
            _ => Duration::ZERO,
        }
    }

    /// What becomes of the answer before it arrives.
    pub(crate) async fn damage(self, response: Response) -> Response {
        if !matches!(self, Self::Dropped | Self::Truncated | Self::Malformed) {
            return response;
        }
        let (mut parts, body) = response.into_parts();
        // The answer was made from a text, which is there at once and whole.
        let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let body = match self {
            Self::Dropped => {
                parts.headers.insert(CONTENT_LENGTH, whole.len().into());
                broken_off(whole.slice(..whole.len() / 2))
            }
            Self::Truncated => Body::from(whole.slice(..cut(&whole))),
            _ => Body::from(WEB_PAGE),
        };
        Response::from_parts(parts, body)
    }
}

/// The first half, but of XML only to the end of an element: a lenient reader takes that for the whole.
fn cut(whole: &[u8]) -> usize {
    let half = &whole[..whole.len() / 2];
    let last = |end: &[u8]| half.windows(end.len()).rposition(|it| it == end).map(|start| start + end.len());
    last(b"</item>").or_else(|| last(b"</member>")).unwrap_or(half.len())
}

/// A body that fails after `part`, upon which the server closes the connection.
fn broken_off(part: Bytes) -> Body {
    let part = Some(part);
    Body::from_stream(stream::unfold(part, async |part| match part {
        Some(part) => Some((Ok(part), None)),
        None => {
            // Lets the server send what it has before it learns that there is no more.
            tokio::task::yield_now().await;
            Some((Err(std::io::Error::other("a fault on demand")), None))
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_is_cut_between_two_elements() {
        for (whole, kept) in [
            ("<set><item>1</item><item>2</item><item>3</item></set>", "<set><item>1</item>"),
            ("<R><P><member>1</member><member>2</member></P></R>", "<R><P><member>1</member>"),
            (r#"{"items":[1,2,3]}"#, r#"{"items""#),
        ] {
            assert_eq!(&whole[..cut(whole.as_bytes())], kept);
        }
    }
}
