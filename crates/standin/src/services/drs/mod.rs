mod job;
mod source_server;

pub(crate) use job::describe as describe_jobs;
pub(crate) use source_server::describe as describe_source_servers;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::operations::Call;
use crate::paging::page;
use crate::wire::AwsError;

/// How many items a page has by default. DRS publishes no default; its model has no upper limit either, so a page is
/// cut at [`PAGE_MAX`], the limit of its other lists.
const PAGE_DEFAULT: usize = 100;
const PAGE_MAX: usize = 1000;

fn uninitialised() -> AwsError {
    AwsError::new(400, "UninitializedAccountException", "Account not initialized")
}

fn parse<T: DeserializeOwned>(input: Value) -> Result<T, AwsError> {
    serde_json::from_value(input)
        .map_err(|error| AwsError::new(400, "ValidationException", error.to_string()).with("reason", "cannotParse"))
}

/// The answer with the page that `token` asks for.
fn answer<T>(
    call: &Call,
    items: &[T],
    max_results: Option<i64>,
    token: Option<&str>,
    render: impl Fn(&T) -> Value,
) -> Result<Value, AwsError> {
    let size = match max_results {
        None => PAGE_DEFAULT,
        Some(asked) => usize::try_from(asked)
            .ok()
            .filter(|size| *size >= 1)
            .ok_or_else(|| AwsError::validation("maxResults", "maxResults must be at least 1"))?
            .min(PAGE_MAX),
    };
    // The model allows an empty token; it asks for the first page.
    let token = token.filter(|token| !token.is_empty());
    let page =
        page(items, call, token, size).map_err(|_| AwsError::validation("nextToken", "nextToken is not valid"))?;
    let rendered: Vec<Value> = page.items.iter().map(render).collect();
    let mut answer = json!({ "items": rendered });
    if let Some(next) = page.next {
        answer["nextToken"] = next.into();
    }
    Ok(answer)
}
