//! The function behind the HTTP API's routes of inventory, costs and history, in the network of the history's database.

use std::process::ExitCode;

use larder_lambdas::{answer_http, start_with_history};

// One request at a time: a second thread would only cost switching to it.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    answer_http(start_with_history().await).await
}
