use larder_standin::{Config, Handle, Standin};
use serde_json::{Value, json};

use crate::xml::Node;

/// A stand-in, and the account, region and service to ask it as.
pub(crate) struct Asker {
    pub(crate) standin: Handle,
    pub(crate) account: usize,
    pub(crate) region: &'static str,
    /// Asks with these instead of the account's own credentials.
    pub(crate) session: Option<Session>,
}

/// The credentials that `AssumeRole` gave out.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) access_key_id: String,
    pub(crate) token: String,
}

/// An answer as it came.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) error_type: Option<String>,
    pub(crate) body: String,
}

impl Asker {
    pub(crate) async fn start() -> Self {
        Self::with(Config::default()).await
    }

    /// A Wednesday afternoon: what the instances do then does not depend on when the test runs.
    pub(crate) async fn on_a_wednesday() -> Self {
        let now = Some("2025-11-19T15:00:00Z".parse().expect("a moment"));
        Self::with(Config { now, ..Config::default() }).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let standin = Standin::start(config).await.expect("a stand-in");
        Self { standin, account: 0, region: "us-east-1", session: None }
    }

    pub(crate) fn authorization(&self, service: &str) -> String {
        let own = self.standin.fleet().accounts()[self.account].access_key_id();
        let key = self.session.as_ref().map_or(own, |session| &session.access_key_id);
        let region = self.region;
        format!(
            "AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/{service}/aws4_request, \
             SignedHeaders=host, Signature=00"
        )
    }

    pub(crate) async fn ec2(&self, parameters: &[(&str, &str)]) -> Reply {
        let form = [("Version", "2016-11-15")].iter().chain(parameters);
        self.form("ec2", &form.copied().collect::<Vec<_>>()).await
    }

    pub(crate) async fn form(&self, service: &str, parameters: &[(&str, &str)]) -> Reply {
        let body = serde_urlencoded::to_string(parameters).expect("a form");
        send(self.signed("/", service).body(body)).await
    }

    pub(crate) async fn drs(&self, operation: &str, input: Value) -> Reply {
        send(self.signed(&format!("/{operation}"), "drs").json(&input)).await
    }

    pub(crate) async fn quotas(&self, operation: &str, input: Value) -> Reply {
        let target = format!("ServiceQuotasV20190624.{operation}");
        send(self.signed("/", "servicequotas").header("x-amz-target", target).json(&input)).await
    }

    pub(crate) async fn lookup(&self, input: Value) -> Reply {
        let target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";
        send(self.signed("/", "cloudtrail").header("x-amz-target", target).json(&input)).await
    }

    pub(crate) async fn costs(&self, input: Value) -> Reply {
        let target = "AWSInsightsIndexService.GetCostAndUsage";
        send(self.signed("/", "ce").header("x-amz-target", target).json(&input)).await
    }

    pub(crate) async fn iam(&self, parameters: &[(&str, &str)]) -> Reply {
        let form = [("Version", "2010-05-08")].iter().chain(parameters);
        self.form("iam", &form.copied().collect::<Vec<_>>()).await
    }

    /// Asks for something with whatever operation of the service.
    pub(crate) async fn any(&self, service: &str) -> Reply {
        match service {
            "drs" => self.drs("DescribeJobs", json!({})).await,
            "servicequotas" => self.quotas("ListServiceQuotas", json!({ "ServiceCode": "drs" })).await,
            "cloudtrail" => self.lookup(json!({ "MaxResults": 3 })).await,
            "ce" => self.costs(crate::cost_explorer::this_month_by_service(self)).await,
            "ec2" => self.ec2(&[("Action", "DescribeSubnets")]).await,
            "iam" => self.iam(&[("Action", "ListInstanceProfiles")]).await,
            _ => self.form("sts", &[("Action", "GetCallerIdentity"), ("Version", "2011-06-15")]).await,
        }
    }

    fn signed(&self, path: &str, service: &str) -> reqwest::RequestBuilder {
        let request = self.post(path).header("authorization", self.authorization(service));
        match &self.session {
            Some(session) => request.header("x-amz-security-token", &session.token),
            None => request,
        }
    }

    pub(crate) fn post(&self, path: &str) -> reqwest::RequestBuilder {
        reqwest::Client::new().post(format!("{}{path}", self.standin.url()))
    }
}

pub(crate) async fn send(request: reqwest::RequestBuilder) -> Reply {
    let response = request.send().await.expect("an answer");
    assert!(response.headers().contains_key("x-amzn-requestid"));
    Reply {
        status: response.status().as_u16(),
        error_type: response.headers().get("x-amzn-errortype").map(|value| value.to_str().expect("text").to_owned()),
        body: response.text().await.expect("a whole body"),
    }
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect(&self.body)
    }

    pub(crate) fn ok_json(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        self.json()
    }

    pub(crate) fn ok_xml(&self) -> Node {
        assert_eq!(self.status, 200, "{}", self.body);
        Node::parse(&self.body)
    }

    /// Status, code and message of an error, in whatever form the service has.
    pub(crate) fn error(&self) -> (u16, String, String) {
        if self.body.starts_with('{') {
            let body = self.json();
            let message = body.get("message").or_else(|| body.get("Message")).and_then(Value::as_str);
            let code = self.error_type.clone().expect("a code");
            return (self.status, code, message.expect("a message").to_owned());
        }
        let (status, code) = self.xml_error();
        let root = Node::parse(&self.body);
        let error = root.find("Errors").unwrap_or(&root).child("Error");
        (status, code, error.child("Message").text.clone())
    }

    /// The code of an error in XML, which must have EC2's form or the one of the other query services.
    pub(crate) fn xml_error(&self) -> (u16, String) {
        let root = Node::parse(&self.body);
        let error = match root.name.as_str() {
            "Response" => root.child("Errors").child("Error"),
            "ErrorResponse" => root.child("Error"),
            other => panic!("{other} is no error"),
        };
        assert!(!error.child("Message").text.is_empty());
        (self.status, error.child("Code").text.clone())
    }
}
