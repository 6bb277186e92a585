//! The function behind the HTTP API: every route but the invalidation is a question.

use std::process::ExitCode;

use larder_lambdas::{answer_http, start};

// One request at a time: a second thread would only cost switching to it.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    answer_http(start().await).await
}
