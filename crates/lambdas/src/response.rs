use lambda_runtime::Diagnostic;
use larder_app::events::{EventReport, EventResponder};
use serde_json::value::RawValue;

use crate::Invocations;
use crate::direct::of_problem;

/// Takes one event of EventBridge and says what became of it.
///
/// # Errors
/// Whatever kept it from being taken whole: a function error, so that it is sent again.
pub async fn respond(
    responder: &EventResponder,
    event: &RawValue,
    invocations: &Invocations,
) -> Result<EventReport, Diagnostic> {
    let report = responder.respond(event.get()).await.map_err(|problem| of_problem(&problem))?;
    invocations.measured(&report);
    Ok(report)
}
