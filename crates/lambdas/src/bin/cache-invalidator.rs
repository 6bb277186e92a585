//! The function that invalidates: by `POST /cache/invalidate` through the HTTP API, and by direct invocation.

use std::process::ExitCode;

use lambda_runtime::{LambdaEvent, service_fn};
use larder_lambdas::{Answered, HttpFunction, ended, invalidate_directly, is_http_event, start};
use serde_json::value::RawValue;

// One request at a time: a second thread would only cost switching to it.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some((app, invocations)) = start().await else { return ExitCode::FAILURE };
    let function = HttpFunction::new(app.clone());
    let answer = move |event: LambdaEvent<Box<RawValue>>| {
        let (app, function, invocations) = (app.clone(), function.clone(), invocations.clone());
        async move {
            let context = event.context.clone();
            if is_http_event(&event.payload) {
                return invocations.watch(&context, function.answer(event)).await;
            }
            let done = invalidate_directly(&app, &event.payload);
            invocations.watch_direct(&context, done).await.map(Answered::Document)
        }
    };
    ended(lambda_runtime::run(service_fn(answer)).await)
}
