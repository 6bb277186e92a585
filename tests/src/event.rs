//! What an API Gateway HTTP API hands to a function: payload format 2.0.

use std::collections::BTreeMap;

use reqwest::Url;
use serde_json::{Map, Value, json};

/// What a token says about its bearer, once API Gateway's JWT authorizer has checked it.
#[derive(Clone, Debug)]
pub struct Claims {
    /// Who: `sub`.
    pub subject: String,
    /// What the token is good for, for example `larder/read`.
    pub scopes: Vec<String>,
    /// The groups of a person; `None` for a program's token, which has no such claim.
    pub groups: Option<Vec<String>>,
}

impl Claims {
    /// A person's access token.
    #[must_use]
    pub fn person(scopes: &[&str], groups: &[&str]) -> Self {
        Self { subject: "a-person".to_owned(), scopes: owned(scopes), groups: Some(owned(groups)) }
    }

    /// A program's access token (client credentials).
    #[must_use]
    pub fn program(scopes: &[&str]) -> Self {
        Self { subject: "a-program".to_owned(), scopes: owned(scopes), groups: None }
    }

    /// Every claim as text, as an HTTP API hands them over; a list as `[a b]`.
    fn as_text(&self) -> Map<String, Value> {
        let mut claims = Map::from_iter([
            ("sub".to_owned(), json!(self.subject)),
            ("token_use".to_owned(), json!("access")),
            ("scope".to_owned(), json!(self.scopes.join(" "))),
        ]);
        if let Some(groups) = &self.groups {
            claims.insert("cognito:groups".to_owned(), json!(format!("[{}]", groups.join(" "))));
            claims.insert("username".to_owned(), json!(self.subject));
        }
        claims
    }
}

/// The event of one HTTP request. `path_and_query` is as on the wire, percent-encoded; without claims the event has no
/// authorizer, as on a route that has none.
///
/// # Panics
/// If `path_and_query` is no path.
#[must_use]
pub fn http_event(
    method: &str,
    path_and_query: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
    claims: Option<&Claims>,
) -> Value {
    let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
    assert!(path.starts_with('/'), "no path: {path_and_query}");
    let headers: Map<String, Value> = headers.iter().map(|(name, value)| (name.to_lowercase(), json!(value))).collect();
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api-id",
            "domainName": "api-id.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "api-id",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test"},
            "requestId": "request-id",
            "routeKey": "$default",
            "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1_583_348_638_390_u64,
        },
        "isBase64Encoded": false,
    });
    if !query.is_empty() {
        event["queryStringParameters"] = json!(parameters(query));
    }
    if let Some(body) = body {
        event["body"] = json!(body);
    }
    if let Some(claims) = claims {
        event["requestContext"]["authorizer"] = json!({"jwt": {"claims": claims.as_text(), "scopes": claims.scopes}});
    }
    event
}

/// Decoded; the values of a repeated name are joined by commas.
fn parameters(query: &str) -> BTreeMap<String, String> {
    let mut parameters = BTreeMap::<String, String>::new();
    let url = Url::parse(&format!("http://localhost/?{query}")).unwrap_or_else(|error| panic!("{query}: {error}"));
    for (name, value) in url.query_pairs() {
        parameters
            .entry(name.into_owned())
            .and_modify(|joined| *joined = format!("{joined},{value}"))
            .or_insert_with(|| value.clone().into_owned());
    }
    parameters
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_text_and_lists_are_bracketed() {
        let claims = Claims::person(&["larder/read", "larder/admin"], &["acct-123456789012", "larder-admins"]);
        let event = http_event("GET", "/types", &[("Accept", "*/*")], None, Some(&claims));
        let jwt = &event["requestContext"]["authorizer"]["jwt"];
        assert_eq!(jwt["claims"]["cognito:groups"], "[acct-123456789012 larder-admins]");
        assert_eq!(jwt["claims"]["scope"], "larder/read larder/admin");
        assert_eq!(jwt["scopes"], json!(["larder/read", "larder/admin"]));
        assert_eq!(event["headers"]["accept"], "*/*");
    }

    #[test]
    fn a_query_is_handed_over_raw_and_decoded() {
        let event = http_event("GET", "/ec2/subnets?region=us%2Deast-1&tag=a&tag=b", &[], None, None);
        assert_eq!(event["rawPath"], "/ec2/subnets");
        assert_eq!(event["rawQueryString"], "region=us%2Deast-1&tag=a&tag=b");
        assert_eq!(event["queryStringParameters"], json!({"region": "us-east-1", "tag": "a,b"}));
        assert_eq!(event["requestContext"]["authorizer"], Value::Null);
    }
}
