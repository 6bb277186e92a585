//! The function that invalidates: by `POST /cache/invalidate` through the HTTP API, and by direct invocation.

use std::process::ExitCode;

use lambda_runtime::{LambdaEvent, service_fn};
use larder_lambdas::{Answered, HttpFunction, ended, invalidate_directly, is_http_event, start};
use serde_json::value::RawValue;

// One request at a time: a second thread would only cost switching to it.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(app) = start().await else { return ExitCode::FAILURE };
    let function = HttpFunction::new(app.clone());
    let answer = move |event: LambdaEvent<Box<RawValue>>| {
        let (app, function) = (app.clone(), function.clone());
        async move {
            if is_http_event(&event.payload) {
                return function.answer(event).await;
            }
            invalidate_directly(&app, &event.payload).await.map(Answered::Document)
        }
    };
    ended(lambda_runtime::run(service_fn(answer)).await)
}
