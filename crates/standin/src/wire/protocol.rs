use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::{AwsError, Element};
use crate::request::Incoming;

const EC2_NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";
const STS_NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
const IAM_NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";
/// What stands before the operation in the header `x-amz-target`; CloudTrail's SDKs have it in two forms.
const JSON_TARGETS: [&str; 4] = [
    "ServiceQuotasV20190624.",
    "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.",
    "CloudTrail_20131101.",
    "AWSInsightsIndexService.",
];
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// AWS's wire protocols, by the names that smithy gives them: restJson1, awsJson1_1, ec2Query and awsQuery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    RestJson,
    Json,
    Ec2,
    /// With the namespace of the service's documents.
    Query(&'static str),
}

/// The members of a successful answer.
#[derive(Debug)]
pub(crate) enum Payload {
    Json(Value),
    Xml(Vec<Element>),
}

impl Protocol {
    pub(crate) const STS: Self = Self::Query(STS_NAMESPACE);
    pub(crate) const IAM: Self = Self::Query(IAM_NAMESPACE);

    /// The protocol that a request looks like, for one whose signature does not name a service.
    pub(crate) fn guess(incoming: &Incoming) -> Self {
        if incoming.header("x-amz-target").is_some() {
            return Self::Json;
        }
        if incoming.parts.uri.path() != "/" {
            return Self::RestJson;
        }
        match incoming.form().get("Version") {
            Some("2011-06-15") => Self::STS,
            Some("2010-05-08") => Self::IAM,
            _ => Self::Ec2,
        }
    }

    /// The operation's name as the request says it, empty if it doesn't.
    pub(crate) fn operation_name(self, incoming: &Incoming) -> String {
        match self {
            // Every operation of DRS that the stand-in knows is a POST to its own name.
            Self::RestJson if incoming.parts.method == http::Method::POST => {
                incoming.parts.uri.path().trim_start_matches('/').to_owned()
            }
            Self::RestJson => format!("{} {}", incoming.parts.method, incoming.parts.uri.path()),
            Self::Json => {
                let target = incoming.header("x-amz-target").unwrap_or_default();
                let known = JSON_TARGETS.iter().find_map(|service| target.strip_prefix(service));
                known.unwrap_or(target).to_owned()
            }
            Self::Ec2 | Self::Query(_) => incoming.form().get("Action").unwrap_or_default().to_owned(),
        }
    }

    /// Writes an error.
    pub(crate) fn refuse(self, error: &AwsError, request_id: &str) -> Response {
        let body = match self {
            Self::RestJson => json_error(error, "message"),
            Self::Json => {
                let mut body = json_error(error, "Message");
                body["__type"] = error.code.as_ref().into();
                body
            }
            Self::Ec2 => return xml(error.status, &ec2_error(error, request_id), request_id),
            Self::Query(namespace) => {
                return xml(error.status, &query_error(error, namespace, request_id), request_id);
            }
        };
        let mut response = json(error.status, self, &body, request_id);
        if let Ok(code) = HeaderValue::from_str(&error.code) {
            response.headers_mut().insert(ERROR_TYPE, code);
        }
        response
    }
}

impl Payload {
    /// The answer of the operation `name`, in its service's protocol.
    pub(crate) fn into_response(self, protocol: Protocol, name: &str, request_id: &str) -> Response {
        let elements = match self {
            Self::Json(value) => return json(200, protocol, &value, request_id),
            Self::Xml(elements) => elements,
        };
        let root = if let Protocol::Query(namespace) = protocol {
            let result = Element::of(format!("{name}Result"), elements);
            let metadata = Element::of("ResponseMetadata", [Element::text("RequestId", request_id)]);
            Element::of(format!("{name}Response"), [result, metadata]).in_namespace(namespace)
        } else {
            let id = Element::text("requestId", request_id);
            Element::of(format!("{name}Response"), [id].into_iter().chain(elements)).in_namespace(EC2_NAMESPACE)
        };
        xml(200, &root, request_id)
    }
}

fn json_error(error: &AwsError, message: &str) -> Value {
    let mut body = error.members.clone();
    body.insert(message.to_owned(), error.message.clone().into());
    Value::Object(body)
}

fn ec2_error(error: &AwsError, request_id: &str) -> Element {
    let error = Element::of("Error", [Element::text("Code", &error.code), Element::text("Message", &error.message)]);
    let errors = Element::of("Errors", [error]);
    Element::of("Response", [errors, Element::text("RequestID", request_id)])
}

fn query_error(error: &AwsError, namespace: &'static str, request_id: &str) -> Element {
    let at_fault = if error.status < 500 { "Sender" } else { "Receiver" };
    let error = Element::of(
        "Error",
        [Element::text("Type", at_fault), Element::text("Code", &error.code), Element::text("Message", &error.message)],
    );
    Element::of("ErrorResponse", [error, Element::text("RequestId", request_id)]).in_namespace(namespace)
}

fn json(status: u16, protocol: Protocol, body: &Value, request_id: &str) -> Response {
    let content_type = if protocol == Protocol::Json { "application/x-amz-json-1.1" } else { "application/json" };
    respond(status, content_type, body.to_string(), request_id)
}

fn xml(status: u16, root: &Element, request_id: &str) -> Response {
    respond(status, "text/xml;charset=UTF-8", root.document(), request_id)
}

fn respond(status: u16, content_type: &'static str, body: String, request_id: &str) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    // A request id is hexadecimal digits and dashes, so it always is a header's text.
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
