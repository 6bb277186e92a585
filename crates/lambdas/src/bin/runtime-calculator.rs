//! The function that works out running minutes: every hour, and by direct invocation.

use std::process::ExitCode;
use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use larder_app::{Environment, SystemEnvironment};
use larder_lambdas::{calculate, ended, start_calculator, time_left};
use serde_json::value::RawValue;

// It waits for AWS nearly all of the time: a second thread would only cost switching to it.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let environment: Arc<dyn Environment> = Arc::new(SystemEnvironment::new());
    let Some((calculator, invocations)) = start_calculator(environment.clone()).await else { return ExitCode::FAILURE };
    let answer = move |event: LambdaEvent<Box<RawValue>>| {
        let (calculator, environment, invocations) = (calculator.clone(), environment.clone(), invocations.clone());
        async move {
            let within = time_left(&event.context, &*environment);
            let calculated = calculate(&calculator, &event.payload, within, &invocations);
            invocations.watch_direct(&event.context, calculated).await
        }
    };
    ended(lambda_runtime::run(service_fn(answer)).await)
}
