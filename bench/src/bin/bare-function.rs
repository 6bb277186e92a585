//! The peer of `query-handler`: a function that gives one answer to every event, and does nothing else.
//!
//! Its one argument is the file of that answer: a response in an HTTP API's payload format 2.0.

use std::collections::HashMap;

use lambda_http::{Body, Error, Request, Response, run, service_fn};
use serde::Deserialize;

/// What it gives back, but for cookies, which nothing here sets.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    headers: HashMap<String, String>,
    body: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let file = std::env::args_os().nth(1).ok_or("the file of the answer is missing")?;
    let answer: Answer = serde_json::from_slice(&std::fs::read(file)?)?;
    run(service_fn(async |_event: Request| answer.response())).await
}

impl Answer {
    fn response(&self) -> Result<Response<Body>, Error> {
        let mut response = Response::builder().status(self.status_code);
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        Ok(response.body(Body::Text(self.body.clone()))?)
    }
}
