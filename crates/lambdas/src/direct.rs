use lambda_runtime::Diagnostic;
use larder_app::problem::Problem;
use larder_app::{App, InvalidationRequest, Principal};
use serde_json::Value;

/// Whether an event came through the HTTP API; anything else is a direct invocation.
#[must_use]
pub fn is_http_event(event: &Value) -> bool {
    event.get("requestContext").is_some()
}

/// Answers a direct invocation: `{dataType?, region?, accountId?, purge?}`, and nothing else. IAM has said who may.
///
/// # Errors
/// Whatever HTTP would have answered with a problem; it makes the invocation a function error of that code.
pub async fn invalidate_directly(app: &App, event: &Value) -> Result<Value, Diagnostic> {
    let request = InvalidationRequest::parse(event).map_err(|problem| of_problem(&problem))?;
    let done = app.invalidation().invalidate(&Principal::local(), &request).await;
    let done = done.map_err(|problem| of_problem(&problem))?;
    serde_json::to_value(done)
        .map_err(|error| Diagnostic { error_type: "INTERNAL".to_owned(), error_message: error.to_string() })
}

fn of_problem(problem: &Problem) -> Diagnostic {
    Diagnostic { error_type: problem.code().name().to_owned(), error_message: problem.detail().to_owned() }
}
