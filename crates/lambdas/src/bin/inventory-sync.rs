//! The function that syncs inventory by the hour and costs by the day into the history, and by direct invocation.

use std::process::ExitCode;
use std::sync::Arc;

use lambda_runtime::{LambdaEvent, service_fn};
use larder_app::{Environment, SystemEnvironment};
use larder_lambdas::{ended, start_sync, time_left};
use serde_json::value::RawValue;

// It waits for AWS nearly all of the time: a second thread would only cost switching to it.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let environment: Arc<dyn Environment> = Arc::new(SystemEnvironment::new());
    let Some((sync, invocations)) = start_sync().await else { return ExitCode::FAILURE };
    let answer = move |event: LambdaEvent<Box<RawValue>>| {
        let (sync, environment, invocations) = (sync.clone(), environment.clone(), invocations.clone());
        async move {
            let within = time_left(&event.context, &*environment);
            let synced = sync.answer(&event.payload, within);
            invocations.watch_direct(&event.context, synced).await
        }
    };
    ended(lambda_runtime::run(service_fn(answer)).await)
}
