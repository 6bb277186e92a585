use std::borrow::Cow;
use std::collections::HashMap;

use lambda_runtime::Diagnostic;
use larder_app::problem::{Code, Problem};
use larder_app::{App, InvalidationRequest, Principal};
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// Whether an event came through the HTTP API; anything else is a direct invocation.
#[must_use]
pub fn is_http_event(event: &RawValue) -> bool {
    let members: Result<HashMap<Cow<'_, str>, IgnoredAny>, _> = serde_json::from_str(event.get());
    members.is_ok_and(|members| members.contains_key("requestContext"))
}

/// Answers a direct invocation: `{dataType?, region?, accountId?, purge?}`, and nothing else. IAM has said who may.
///
/// # Errors
/// Whatever HTTP would have answered with a problem; it makes the invocation a function error of that code.
pub async fn invalidate_directly(app: &App, event: &RawValue) -> Result<Value, Diagnostic> {
    let event: Value = serde_json::from_str(event.get())
        .map_err(|error| of_problem(&Problem::new(Code::InvalidBody, format!("The event can't be read: {error}."))))?;
    let request = InvalidationRequest::parse(&event).map_err(|problem| of_problem(&problem))?;
    let done = app.invalidation().invalidate(&Principal::local(), &request).await;
    let done = done.map_err(|problem| of_problem(&problem))?;
    serde_json::to_value(done).map_err(|error| internal(&error))
}

/// A report as schedules and their owners get it: as the body of an answer.
///
/// # Errors
/// If it can't be written as JSON.
pub(crate) fn answer_of(report: &impl Serialize) -> Result<Value, Diagnostic> {
    let body = serde_json::to_string(report).map_err(|error| internal(&error))?;
    Ok(json!({"statusCode": 200, "body": body}))
}

pub(crate) fn internal(error: &serde_json::Error) -> Diagnostic {
    Diagnostic { error_type: "INTERNAL".to_owned(), error_message: error.to_string() }
}

pub(crate) fn of_problem(problem: &Problem) -> Diagnostic {
    Diagnostic { error_type: problem.code().name().to_owned(), error_message: problem.detail().to_owned() }
}
