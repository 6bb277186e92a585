//! The function behind the HTTP API's routes of inventory, costs and history, in the network of the history's database.

use std::process::ExitCode;

use lambda_runtime::{LambdaEvent, service_fn};
use larder_lambdas::{HttpFunction, ended, start_with_history};
use serde_json::value::RawValue;

// One request at a time: a second thread would only cost switching to it.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some((app, invocations)) = start_with_history().await else { return ExitCode::FAILURE };
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
