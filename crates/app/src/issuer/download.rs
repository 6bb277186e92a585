use std::error::Error;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use http::header::ACCEPT;
use http::{Request, Uri};
use http_body_util::{BodyExt, Limited};

use super::place::LARGEST_DOCUMENT;
use crate::wiring::connector;

/// A request waits for this, so it is far below the deadline of any.
const WITHIN: Duration = Duration::from_secs(5);

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error("no answer within {} s", WITHIN.as_secs())]
    Late,
    #[error("status {0}")]
    Status(u16),
    #[error("{0}")]
    Broken(String),
}

/// The document at `uri`, by the connections of the AWS SDK: its TLS, its roots, its proxies. A redirection is not
/// followed, since it could lead anywhere.
pub(super) async fn download(uri: &Uri) -> Result<Vec<u8>, Failed> {
    tokio::time::timeout(WITHIN, ask(uri)).await.map_err(|_| Failed::Late)?
}

async fn ask(uri: &Uri) -> Result<Vec<u8>, Failed> {
    let request = Request::get(uri).header(ACCEPT, "application/json").body(SdkBody::empty());
    let request = HttpRequest::try_from(request.map_err(|error| broken(&error))?).map_err(|error| broken(&error))?;
    let response = connector(None, None).call(request);
    let response = response.await.map_err(|error| broken(&error))?;
    let status = response.status().as_u16();
    if status != 200 {
        return Err(Failed::Status(status));
    }
    let body = Limited::new(response.into_body(), LARGEST_DOCUMENT).collect().await;
    Ok(body.map_err(|error| broken(&*error))?.to_bytes().to_vec())
}

/// The last cause says most: those before it only name the layer.
fn broken(error: &(dyn Error + 'static)) -> Failed {
    let last = std::iter::successors(Some(error), |&error| error.source()).last();
    Failed::Broken(last.map(ToString::to_string).unwrap_or_default())
}
