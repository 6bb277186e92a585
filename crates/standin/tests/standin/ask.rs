use larder_standin::{Config, Handle, Standin};
use serde_json::Value;

use crate::xml::Node;

/// A stand-in, and the account, region and service to ask it as.
pub(crate) struct Asker {
    pub(crate) standin: Handle,
    pub(crate) account: usize,
    pub(crate) region: &'static str,
}

/// An answer as it came.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) error_type: Option<String>,
    pub(crate) body: String,
}

impl Asker {
    pub(crate) async fn start() -> Self {
        let standin = Standin::start(Config::default()).await.expect("a free port");
        Self { standin, account: 0, region: "us-east-1" }
    }

    pub(crate) fn authorization(&self, service: &str) -> String {
        let key = self.standin.fleet().accounts()[self.account].access_key_id();
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
        let request = self.post("/").header("authorization", self.authorization(service));
        send(request.body(body)).await
    }

    pub(crate) async fn drs(&self, operation: &str, input: Value) -> Reply {
        let request = self.post(&format!("/{operation}"));
        send(request.header("authorization", self.authorization("drs")).json(&input)).await
    }

    pub(crate) async fn quotas(&self, operation: &str, input: Value) -> Reply {
        let request = self
            .post("/")
            .header("authorization", self.authorization("servicequotas"))
            .header("x-amz-target", format!("ServiceQuotasV20190624.{operation}"));
        send(request.json(&input)).await
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
