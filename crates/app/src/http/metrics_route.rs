use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::Uri;
use http::header::CONTENT_TYPE;

use super::parameters::Parameters;
use crate::metrics::{EXPOSITION, exposition};
use crate::problem::{Code, Problem};
use crate::{App, Principal};

/// What this process measured since it began, for Prometheus: the figures that functions write for CloudWatch.
pub(super) async fn metrics(State(app): State<App>, principal: Principal, uri: Uri) -> Result<Response, Problem> {
    principal.check_read()?;
    Parameters::of(&uri, &[])?;
    let text = exposition(app.tally()).map_err(|error| Problem::new(Code::Internal, error.to_string()))?;
    Ok(([(CONTENT_TYPE, EXPOSITION)], text).into_response())
}
