use std::process::ExitCode;

use lambda_runtime::{LambdaEvent, service_fn};
use larder_app::App;
use serde_json::value::RawValue;

use crate::{HttpFunction, Invocations, ended};

/// Answers the events of an HTTP API until the runtime ends. A function that did not start has said why.
pub async fn answer_http(started: Option<(App, Invocations)>) -> ExitCode {
    let Some((app, invocations)) = started else { return ExitCode::FAILURE };
    let function = HttpFunction::new(app);
    let answer = move |event: LambdaEvent<Box<RawValue>>| {
        let (function, invocations) = (function.clone(), invocations.clone());
        async move {
            let context = event.context.clone();
            invocations.watch(&context, function.answer(event)).await
        }
    };
    ended(lambda_runtime::run(service_fn(answer)).await)
}
