//! The function that fetches what is used before it expires: every 5 minutes, and by direct invocation.

use std::process::ExitCode;
use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use larder_app::{Environment, SystemEnvironment};
use larder_lambdas::{ended, start_warmer, time_left, warm};
use serde_json::value::RawValue;

// It waits for AWS nearly all of the time: a second thread would only cost switching to it.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let environment: Arc<dyn Environment> = Arc::new(SystemEnvironment::new());
    let Some((warmer, invocations)) = start_warmer(environment.clone()).await else { return ExitCode::FAILURE };
    let answer = move |event: LambdaEvent<Box<RawValue>>| {
        let (warmer, environment, invocations) = (warmer.clone(), environment.clone(), invocations.clone());
        async move {
            let within = time_left(&event.context, &*environment);
            let warmed = warm(&warmer, &event.payload, within, &invocations);
            invocations.watch_direct(&event.context, warmed).await
        }
    };
    ended(lambda_runtime::run(service_fn(answer)).await)
}
