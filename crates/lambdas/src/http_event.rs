use lambda_http::lambda_runtime::Diagnostic;
use lambda_http::tower::util::MapRequest;
use lambda_http::{Adapter, LambdaEvent, Request, Service};
use larder_app::App;
use larder_app::http::router;
use serde_json::{Value, json};

use crate::principal::with_principal;

/// The router behind an HTTP API (payload format 2.0).
#[derive(Clone)]
pub struct HttpFunction {
    adapter: Adapter<'static, Answer, Routed>,
}

type Routed = MapRequest<Routes, fn(Request) -> Request>;
type Routes = axum::Router;
type Answer = axum::response::Response;

impl HttpFunction {
    /// All routes of `app`.
    #[must_use]
    pub fn new(app: App) -> Self {
        let routed: Routed = MapRequest::new(router(app), with_principal);
        Self { adapter: Adapter::from(routed) }
    }

    /// Answers an event of the HTTP API.
    ///
    /// # Errors
    /// An event that is none of an HTTP API's.
    pub async fn answer(&self, event: LambdaEvent<Value>) -> Result<Value, Diagnostic> {
        let LambdaEvent { mut payload, context } = event;
        normalise(&mut payload);
        let request = serde_json::from_value(payload).map_err(|error| failed("NotAnHttpEvent", &error))?;
        let mut adapter = self.adapter.clone();
        let response = match adapter.call(LambdaEvent { payload: request, context }).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        serde_json::to_value(response).map_err(|error| failed("Unanswerable", &error))
    }
}

/// Makes the path what the routes expect: without a stage before it, and with only characters that a URI may have,
/// since an HTTP API hands a path over decoded.
fn normalise(event: &mut Value) {
    let stage = event.pointer("/requestContext/stage").and_then(Value::as_str).map(|stage| format!("/{stage}"));
    let Some(path) = event.get("rawPath").and_then(Value::as_str) else { return };
    let within = stage.and_then(|stage| path.strip_prefix(&stage)).filter(|rest| rest.starts_with('/'));
    let path: String = within.unwrap_or(path).chars().map(escaped).collect();
    event["rawPath"] = json!(path);
    // The library would put the stage back.
    event["requestContext"]["stage"] = json!("$default");
}

fn escaped(character: char) -> String {
    let allowed = character.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/%".contains(character);
    if allowed {
        return character.to_string();
    }
    let mut bytes = [0; 4];
    character.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn failed(error_type: &str, error: &serde_json::Error) -> Diagnostic {
    Diagnostic { error_type: error_type.to_owned(), error_message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(stage: &str, raw: &str) -> Value {
        let mut event = json!({"rawPath": raw, "requestContext": {"stage": stage}});
        normalise(&mut event);
        assert_eq!(event["requestContext"]["stage"], "$default");
        event["rawPath"].clone()
    }

    #[test]
    fn a_path_loses_its_stage_and_what_no_uri_may_have() {
        assert_eq!(path("$default", "/ec2/subnets"), "/ec2/subnets");
        assert_eq!(path("prod", "/prod/ec2/subnets"), "/ec2/subnets");
        assert_eq!(path("prod", "/production/x"), "/production/x");
        assert_eq!(path("$default", "/é b?#%41\n"), "/%C3%A9%20b%3F%23%41%0A");
    }
}
