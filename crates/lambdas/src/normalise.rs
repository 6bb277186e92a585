use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use lambda_http::http::header::HOST;
use larder_app::problem::{Code, Problem};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What neither a path nor a query may have (RFC 3986, sections 3.3 and 3.4), and what would end a path. `%` is none of it:
/// what is escaped already stays so.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Makes an event of an HTTP API one that the library takes: it panics at a URI or body that it can't represent.
///
/// # Errors
/// [`Code::InvalidBody`] for a body that is not the base64 that the event says it is.
pub(crate) fn normalise(event: &mut ApiGatewayV2httpRequest) -> Result<(), Problem> {
    normalise_path(event);
    if let Some(query) = &mut event.raw_query_string {
        *query = escaped(query);
    }
    // The library would put the host into the URI, where not every text may stand. No route asks who was called.
    event.headers.remove(HOST);
    event.request_context.domain_name = None;
    check_body(event)
}

/// The routes expect a path without a stage before it, and an HTTP API hands it over decoded.
fn normalise_path(event: &mut ApiGatewayV2httpRequest) {
    // The library would put the stage back.
    let stage = event.request_context.stage.replace("$default".to_owned()).unwrap_or_default();
    let path = event.raw_path.as_deref().unwrap_or_default();
    let within =
        path.strip_prefix('/').and_then(|path| path.strip_prefix(&*stage)).filter(|rest| rest.starts_with('/'));
    let path = escaped(within.unwrap_or(path));
    let path = path.split('/').map(kept).collect::<Vec<_>>().join("/");
    event.raw_path = Some(if path.starts_with('/') { path } else { format!("/{path}") });
}

/// A segment as it is, but for one of dots: the library would resolve it, and so ask another route than the one that API
/// Gateway authorised.
fn kept(segment: &str) -> String {
    let dots = segment.replace("%2e", ".").replace("%2E", ".");
    if matches!(&*dots, "." | "..") { dots.replace('.', "%252E") } else { segment.to_owned() }
}

fn check_body(event: &ApiGatewayV2httpRequest) -> Result<(), Problem> {
    let body = event.body.as_deref().unwrap_or_default();
    if event.is_base64_encoded && STANDARD.decode(body).is_err() {
        return Err(Problem::new(Code::InvalidBody, "The body is not the base64 that it is said to be."));
    }
    Ok(())
}

/// The text with only characters that a path or a query may have, and none that would end it.
fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(path: &str, query: &str, stage: &str) -> ApiGatewayV2httpRequest {
        let mut event = ApiGatewayV2httpRequest::default();
        (event.raw_path, event.raw_query_string) = (Some(path.to_owned()), Some(query.to_owned()));
        event.request_context.stage = Some(stage.to_owned());
        normalise(&mut event).expect("no body");
        event
    }

    fn path(stage: &str, raw: &str) -> String {
        let event = normalised(raw, "", stage);
        assert_eq!(event.request_context.stage.as_deref(), Some("$default"));
        event.raw_path.expect("a path")
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
        let query = |raw: &str| normalised("/", raw, "$default").raw_query_string.expect("a query");
        assert_eq!(query("region=us-east-1&limit=5&cursor=a%20b+c"), "region=us-east-1&limit=5&cursor=a%20b+c");
        assert_eq!(query("region=us-east-1#frag"), "region=us-east-1%23frag");
        assert_eq!(query("region=<é ^>"), "region=%3C%C3%A9%20%5E%3E");
    }
}
