//! The function that takes EventBridge's events, one at a time: changes of state, and what makes stored answers old.

use std::process::ExitCode;

use lambda_runtime::{LambdaEvent, service_fn};
use larder_lambdas::{ended, respond, start_responder};
use serde_json::value::RawValue;

// One event at a time: a second thread would only cost switching to it.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some((responder, invocations)) = start_responder().await else { return ExitCode::FAILURE };
    let answer = move |event: LambdaEvent<Box<RawValue>>| {
        let (responder, invocations) = (responder.clone(), invocations.clone());
        async move {
            let taken = respond(&responder, &event.payload, &invocations);
            invocations.watch_direct(&event.context, taken).await
        }
    };
    ended(lambda_runtime::run(service_fn(answer)).await)
}
