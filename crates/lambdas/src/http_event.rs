use std::panic::AssertUnwindSafe;

use axum::middleware::map_response;
use axum::response::IntoResponse;
use futures::FutureExt;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use lambda_http::http::HeaderMap;
use lambda_http::http::header::{HeaderName, HeaderValue, SET_COOKIE};
use lambda_http::lambda_runtime::Diagnostic;
use lambda_http::request::LambdaRequest;
use lambda_http::tower::util::MapRequest;
use lambda_http::{Adapter, LambdaEvent, Request, Service};
use larder_app::http::router;
use larder_app::problem::{Code, Problem};
use larder_app::{App, RequestId};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::normalise::normalise;
use crate::principal::with_identity;

/// The router behind an HTTP API (payload format 2.0).
#[derive(Clone)]
pub struct HttpFunction {
    adapter: Adapter<'static, Answer, Routed>,
}

/// What a function gives back, to be written as JSON once: an answer may have megabytes.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Answered {
    /// What a route answered.
    Response(Box<Response>),
    /// Anything else.
    Document(Value),
}

type Response = <Adapter<'static, Answer, Routed> as Service<LambdaEvent<LambdaRequest>>>::Response;
type Routed = MapRequest<Routes, fn(Request) -> Request>;
type Routes = axum::Router;
type Answer = axum::response::Response;

impl HttpFunction {
    /// All routes of `app`.
    #[must_use]
    pub fn new(app: App) -> Self {
        let routes = router(app).layer(map_response(in_one_line_each));
        let routed: Routed = MapRequest::new(routes, with_identity);
        Self { adapter: Adapter::from(routed) }
    }

    /// Answers an event of the HTTP API.
    ///
    /// # Errors
    /// An event that is none of an HTTP API's.
    pub async fn answer(&self, event: LambdaEvent<Box<RawValue>>) -> Result<Answered, Diagnostic> {
        let LambdaEvent { payload, context } = event;
        // As what it is: the library would first try to learn that, and the runtime note the path of each value.
        let mut request: ApiGatewayV2httpRequest = serde_json::from_str(payload.get()).map_err(|error| Diagnostic {
            error_type: "NotAnHttpEvent".to_owned(),
            error_message: error.to_string(),
        })?;
        let id = request.request_context.request_id.as_deref().and_then(RequestId::of_gateway);
        if let Err(problem) = normalise(&mut request) {
            return Ok(Answered::Document(of_problem(problem, id.as_ref())));
        }
        let event = LambdaEvent { payload: LambdaRequest::ApiGatewayV2(request), context };
        let mut adapter = self.adapter.clone();
        let answer = async move { adapter.call(event).await };
        match AssertUnwindSafe(answer).catch_unwind().await {
            Ok(Ok(response)) => Ok(Answered::Response(response.into())),
            Ok(Err(never)) => match never {},
            Err(_panic) => {
                // The panic hook has already written the rest to the log.
                tracing::error!("an event made Larder panic");
                let problem = Problem::new(Code::Internal, "This is a defect in Larder; its log says more.");
                Ok(Answered::Document(of_problem(problem, id.as_ref())))
            }
        }
    }
}

/// Payload format 2.0 has one value for a header, and the library would send the last line of several.
async fn in_one_line_each(mut response: Answer) -> Answer {
    let headers = response.headers_mut();
    if headers.len() == headers.keys_len() {
        return response;
    }
    let names: Vec<_> = headers.keys().filter(|name| **name != SET_COOKIE).cloned().collect();
    for name in names {
        if let Some(line) = folded(headers, &name) {
            headers.insert(name, line);
        }
    }
    response
}

/// The lines of a header as one list (RFC 9110, section 5.3); `None` where there is only one.
fn folded(headers: &HeaderMap, name: &HeaderName) -> Option<HeaderValue> {
    let lines: Vec<_> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
    if lines.len() < 2 {
        return None;
    }
    HeaderValue::from_bytes(&lines.join(&b", "[..])).ok()
}

/// The answer where no route was reached, which would have logged it.
fn of_problem(problem: Problem, id: Option<&RequestId>) -> Value {
    let (status, code) = (problem.code().status(), problem.code().name());
    tracing::info!(request_id = id.map(RequestId::as_str), status, code, "a request was answered");
    let problem = match id {
        Some(id) => problem.of_request(id),
        None => problem,
    };
    let body = problem.document().to_string();
    let response = problem.into_response();
    let text = |value: &HeaderValue| Value::from(String::from_utf8_lossy(value.as_bytes()));
    let mut headers: Map<_, _> =
        response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    headers.extend(id.map(|id| (RequestId::HEADER.to_owned(), Value::from(id.as_str()))));
    json!({
        "statusCode": response.status().as_u16(),
        "headers": headers,
        "body": body,
        "isBase64Encoded": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_header_of_several_lines_becomes_one_list_and_cookies_stay() {
        let mut response = Answer::default();
        for (name, value) in [("vary", "Authorization"), ("vary", "accept-encoding"), ("age", "5")] {
            response.headers_mut().append(name, HeaderValue::from_static(value));
        }
        for cookie in ["a=1", "b=2"] {
            response.headers_mut().append(SET_COOKIE, HeaderValue::from_static(cookie));
        }
        let headers = in_one_line_each(response).await.headers().clone();
        let lines = |name: &str| headers.get_all(name).iter().cloned().collect::<Vec<_>>();
        assert_eq!(lines("vary"), ["Authorization, accept-encoding"]);
        assert_eq!(lines("age"), ["5"]);
        assert_eq!(lines("set-cookie"), ["a=1", "b=2"]);
    }
}
