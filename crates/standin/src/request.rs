use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::request::Parts;
use serde_json::Value;

use crate::wire::AwsError;

/// A request as it came in.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) parts: Parts,
    pub(crate) body: Bytes,
}

impl Incoming {
    /// A header's text, absent also if it is no text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// The parameters of a query protocol: of the URL and of the body.
    pub(crate) fn form(&self) -> Form {
        let query = self.parts.uri.query().unwrap_or_default().as_bytes();
        let pairs = [query, &self.body]
            .into_iter()
            .filter_map(|text| serde_urlencoded::from_bytes::<Vec<(String, String)>>(text).ok())
            .flatten();
        Form(pairs.collect())
    }

    /// The parameters of a JSON protocol; no body means no parameters.
    pub(crate) fn json(&self) -> Result<Value, AwsError> {
        if self.body.is_empty() {
            return Ok(Value::Object(serde_json::Map::new()));
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| AwsError::new(400, "SerializationException", format!("The body is not JSON: {error}")))
    }
}

/// The credential scope of a Signature Version 4 `Authorization` header:
/// `Credential=AKID/20260101/us-east-1/ec2/aws4_request`. The signature itself is not looked at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CredentialScope {
    pub(crate) access_key_id: String,
    pub(crate) region: String,
    pub(crate) service: String,
}

/// Why a request has no credential scope.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unsigned {
    /// There is no `Authorization` header.
    Missing,
    /// There is one, of another form.
    Malformed,
}

impl CredentialScope {
    pub(crate) fn of(parts: &Parts) -> Result<Self, Unsigned> {
        let header = parts.headers.get(AUTHORIZATION).ok_or(Unsigned::Missing)?;
        header.to_str().ok().and_then(Self::parse).ok_or(Unsigned::Malformed)
    }

    fn parse(header: &str) -> Option<Self> {
        let fields = header.trim().strip_prefix("AWS4-HMAC-SHA256")?;
        let credential = fields.split(',').find_map(|field| field.trim().strip_prefix("Credential="))?;
        let parts: Vec<&str> = credential.split('/').collect();
        let [access_key_id, date, region, service, "aws4_request"] = parts[..] else {
            return None;
        };
        let dated = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
        dated.then(|| Self {
            access_key_id: access_key_id.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
        })
    }
}

/// The parameters of a query protocol, where lists are numbered: `SubnetId.1`, `Filter.1.Value.2`.
#[derive(Debug, Default)]
pub(crate) struct Form(BTreeMap<String, String>);

/// One of EC2's filters: it lets through what has any of `values`, with `*` and `?` as wildcards.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
}

impl Form {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The members of a list in their order.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        (1..).map_while(|number| self.get(&format!("{name}.{number}"))).map(str::to_owned).collect()
    }

    pub(crate) fn filters(&self) -> Vec<Filter> {
        (1..)
            .map_while(|number| {
                Some(Filter {
                    name: self.get(&format!("Filter.{number}.Name"))?.to_owned(),
                    values: self.list(&format!("Filter.{number}.Value")),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(header: Option<&str>) -> Result<CredentialScope, Unsigned> {
        let mut request = http::Request::builder();
        if let Some(header) = header {
            request = request.header(AUTHORIZATION, header);
        }
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        CredentialScope::of(&parts)
    }

    #[test]
    fn the_scope_names_key_region_and_service() {
        let header = "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/ec2/aws4_request, \
                      SignedHeaders=host, Signature=00";
        let found = scope(Some(header)).expect("well-formed");
        assert_eq!(found.access_key_id, "AKID");
        assert_eq!(found.region, "us-east-1");
        assert_eq!(found.service, "ec2");
    }

    #[test]
    fn anything_else_is_unsigned() {
        assert_eq!(scope(None), Err(Unsigned::Missing));
        for header in [
            "Bearer abc",
            "AWS4-HMAC-SHA256 Signature=00",
            "AWS4-HMAC-SHA256 Credential=AKID/us-east-1/ec2/aws4_request",
            "AWS4-HMAC-SHA256 Credential=AKID/today/us-east-1/ec2/aws4_request",
            "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/ec2/aws3_request",
        ] {
            assert_eq!(scope(Some(header)), Err(Unsigned::Malformed), "{header}");
        }
    }

    #[test]
    fn lists_and_filters_are_numbered() {
        let request = http::Request::builder().uri("/?SubnetId.1=a");
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        let body = "SubnetId.2=b&SubnetId.4=d&Filter.1.Name=tag%3AOwner&Filter.1.Value.1=x&Filter.1.Value.2=y";
        let form = Incoming { parts, body: Bytes::from(body) }.form();
        assert_eq!(form.list("SubnetId"), ["a", "b"]);
        let filter = Filter { name: "tag:Owner".into(), values: vec!["x".into(), "y".into()] };
        assert_eq!(form.filters(), [filter]);
    }
}
