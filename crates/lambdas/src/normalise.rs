use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use larder_app::problem::{Code, Problem};
use serde_json::{Map, Value};

/// Makes an event of an HTTP API one that the library takes: it panics at a URI or body that it can't represent.
///
/// # Errors
/// [`Code::InvalidBody`] for a body that is not the base64 that the event says it is.
pub(crate) fn normalise(event: &mut Value) -> Result<(), Problem> {
    let Some(event) = event.as_object_mut() else { return Ok(()) };
    normalise_path(event);
    normalise_query(event);
    drop_host(event);
    check_body(event)
}

/// The routes expect a path without a stage before it, and an HTTP API hands it over decoded.
fn normalise_path(event: &mut Map<String, Value>) {
    let stage = event.get("requestContext").and_then(|context| context.get("stage")?.as_str());
    let stage = stage.map(|stage| format!("/{stage}"));
    let path = event.get("rawPath").and_then(Value::as_str).unwrap_or_default();
    let within = stage.and_then(|stage| path.strip_prefix(&stage)).filter(|rest| rest.starts_with('/'));
    let path = escaped(within.unwrap_or(path));
    let path = path.split('/').map(kept).collect::<Vec<_>>().join("/");
    let path = if path.starts_with('/') { path } else { format!("/{path}") };
    event.insert("rawPath".to_owned(), path.into());
    if let Some(context) = event.get_mut("requestContext").and_then(Value::as_object_mut) {
        // The library would put the stage back.
        context.insert("stage".to_owned(), "$default".into());
    }
}

/// A segment as it is, but for one of dots: the library would resolve it, and so ask another route than the one that API
/// Gateway authorised.
fn kept(segment: &str) -> String {
    let dots = segment.replace("%2e", ".").replace("%2E", ".");
    if matches!(&*dots, "." | "..") { dots.replace('.', "%252E") } else { segment.to_owned() }
}

fn normalise_query(event: &mut Map<String, Value>) {
    if let Some(Value::String(query)) = event.get_mut("rawQueryString") {
        *query = escaped(query);
    }
}

/// The library would put the host into the URI, where not every text may stand. No route asks who was called.
fn drop_host(event: &mut Map<String, Value>) {
    if let Some(headers) = event.get_mut("headers").and_then(Value::as_object_mut) {
        headers.retain(|name, _| !name.eq_ignore_ascii_case("host"));
    }
    if let Some(context) = event.get_mut("requestContext").and_then(Value::as_object_mut) {
        context.remove("domainName");
    }
}

fn check_body(event: &Map<String, Value>) -> Result<(), Problem> {
    let encoded = event.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or_default();
    let body = event.get("body").and_then(Value::as_str).unwrap_or_default();
    if encoded && STANDARD.decode(body).is_err() {
        return Err(Problem::new(Code::InvalidBody, "The body is not the base64 that it is said to be."));
    }
    Ok(())
}

/// The text with only characters that a path or a query may have, and none that would end it. What is already escaped
/// stays so.
fn escaped(text: &str) -> String {
    text.chars().map(escaped_character).collect()
}

fn escaped_character(character: char) -> String {
    let allowed = character.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/%".contains(character);
    if allowed {
        return character.to_string();
    }
    let mut bytes = [0; 4];
    character.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn normalised(mut event: Value) -> Value {
        normalise(&mut event).expect("no body");
        event
    }

    fn path(stage: &str, raw: &str) -> Value {
        let event = normalised(json!({"rawPath": raw, "requestContext": {"stage": stage}}));
        assert_eq!(event["requestContext"]["stage"], "$default");
        event["rawPath"].clone()
    }

    #[test]
    fn a_path_loses_its_stage_and_what_no_uri_may_have() {
        assert_eq!(path("$default", "/ec2/subnets"), "/ec2/subnets");
        assert_eq!(path("prod", "/prod/ec2/subnets"), "/ec2/subnets");
        assert_eq!(path("prod", "/production/x"), "/production/x");
        assert_eq!(path("$default", "/é b?#%41\n"), "/%C3%A9%20b%3F%23%41%0A");
        assert_eq!(path("$default", ":x"), "/:x");
    }

    #[test]
    fn a_path_leads_nowhere_else() {
        for (raw, kept) in [
            ("/health/../cache/stats", "/health/%252E%252E/cache/stats"),
            ("/assets/%2e%2E/cache/stats", "/assets/%252E%252E/cache/stats"),
            ("/./.%2e", "/%252E/%252E%252E"),
            ("/.well-known/...", "/.well-known/..."),
        ] {
            assert_eq!(path("$default", raw), kept);
        }
    }

    #[test]
    fn a_query_keeps_what_it_says_and_does_not_end_early() {
        let query = |raw: &str| normalised(json!({"rawQueryString": raw}))["rawQueryString"].clone();
        assert_eq!(query("region=us-east-1&limit=5&cursor=a%20b+c"), "region=us-east-1&limit=5&cursor=a%20b+c");
        assert_eq!(query("region=us-east-1#frag"), "region=us-east-1%23frag");
        assert_eq!(query("region=<é ^>"), "region=%3C%C3%A9%20%5E%3E");
    }

    #[test]
    fn an_event_of_another_shape_is_left_to_the_library_to_refuse() {
        for odd in [json!(null), json!([]), json!({"requestContext": "x"}), json!({"headers": 5, "rawQueryString": 1})]
        {
            assert_eq!(normalise(&mut odd.clone()), Ok(()), "{odd}");
        }
    }
}
