//! Waiting for something outside this process: the one place that polls.

use std::time::Duration;

use anyhow::Context;

/// How long anything may take before a test gives up on it. It is generous: a test never measures with it.
pub const DEADLINE: Duration = Duration::from_mins(1);

/// Asks again and again until there is an answer, and gives that.
///
/// # Errors
/// The first error that `ask` gives; or, when there is no answer by [`DEADLINE`], one that names `what`.
pub async fn wait_until<T>(what: &str, ask: impl AsyncFnMut() -> anyhow::Result<Option<T>>) -> anyhow::Result<T> {
    tokio::time::timeout(DEADLINE, wait_for(ask)).await.with_context(|| format!("waited in vain until {what}"))?
}

/// The same without a deadline.
pub(crate) async fn wait_for<T>(mut ask: impl AsyncFnMut() -> anyhow::Result<Option<T>>) -> anyhow::Result<T> {
    let mut pace = tokio::time::interval(Duration::from_millis(20));
    loop {
        pace.tick().await;
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
    }
}
