//! The real SDK against answers written by a test, without a socket.

use std::sync::{Arc, Mutex};

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;

use crate::{AccountId, Aws, Region, Scope};

mod endpoints;
mod paused_clock;
mod real_data;

pub(crate) use endpoints::endpoints;
pub(crate) use paused_clock::PausedClock;
pub(crate) use real_data::real_data;

/// The account that a test asks about.
pub(crate) const ACCOUNT: &str = "111122223333";

/// A request as it would have gone over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// `DescribeSubnets`, however the protocol says it.
    pub(crate) operation: String,
    pub(crate) uri: String,
    pub(crate) body: String,
    /// The access key that it was signed with.
    pub(crate) access_key: String,
    /// How many requests of that operation came before.
    pub(crate) before: usize,
}

/// What the script does with a request.
pub(crate) enum Reply {
    Http(u16, String),
    Broken,
    Never,
}

/// Clients whose every request goes to the script, and the requests so far. The SDK does not retry.
pub(crate) fn scripted(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Script {
    Script { reply: Arc::new(script), asked: Arc::default() }
}

#[derive(Clone)]
pub(crate) struct Script {
    reply: Arc<dyn Fn(&Asked) -> Reply + Send + Sync>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Script {
    /// Clients with credentials.
    pub(crate) fn aws(&self) -> Aws {
        Aws::new(self.signed())
    }

    /// A configuration with credentials.
    pub(crate) fn signed(&self) -> SdkConfig {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
        let provider = SharedCredentialsProvider::new(credentials);
        self.config().into_builder().credentials_provider(provider).build()
    }

    /// A configuration without credentials.
    pub(crate) fn config(&self) -> SdkConfig {
        let connector = SharedHttpConnector::new(self.clone());
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .retry_config(RetryConfig::disabled())
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic inside").clone()
    }
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Script")
    }
}

impl HttpConnector for Script {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let mut log = self.asked.lock().expect("no panic inside");
        let operation = operation_of(&request, &body);
        let before = log.iter().filter(|a| a.operation == operation).count();
        let access_key = access_key_of(&request).to_owned();
        let asked = Asked { operation, uri: request.uri().to_owned(), body, access_key, before };
        log.push(asked.clone());
        drop(log);
        match (self.reply)(&asked) {
            Reply::Http(status, body) => HttpConnectorFuture::ready(Ok(HttpResponse::new(
                status.try_into().expect("a status"),
                SdkBody::from(body),
            ))),
            Reply::Broken => HttpConnectorFuture::ready(Err(ConnectorError::io("connection reset".into()))),
            Reply::Never => HttpConnectorFuture::new(std::future::pending()),
        }
    }
}

fn operation_of(request: &HttpRequest, body: &str) -> String {
    let target = request.headers().get("x-amz-target");
    let target = target.and_then(|target| target.rsplit('.').next());
    let action = body.split('&').find_map(|pair| pair.strip_prefix("Action="));
    let path = request.uri().rsplit('/').next();
    let operation = target.or(action).or(path);
    operation.unwrap_or_default().to_owned()
}

fn access_key_of(request: &HttpRequest) -> &str {
    let signature = request.headers().get("authorization").unwrap_or_default();
    let key = signature.split_once("Credential=").and_then(|(_, rest)| rest.split('/').next());
    key.unwrap_or_default()
}

/// `us-east-1` and [`ACCOUNT`].
pub(crate) fn scope() -> Scope {
    Scope { region: Region::parse("us-east-1"), account: AccountId::parse(ACCOUNT) }
}

/// STS's answer that the caller is of [`ACCOUNT`].
pub(crate) fn identity() -> Reply {
    identity_of(ACCOUNT)
}

/// STS's answer that the caller is of that account.
pub(crate) fn identity_of(account: &str) -> Reply {
    Reply::Http(
        200,
        format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/a</Arn><UserId>A</UserId>\
             <Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
        ),
    )
}

/// An error in the words of EC2.
pub(crate) fn ec2_error(code: &str, message: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><Response><Errors><Error><Code>{code}</Code><Message>{message}</Message>\
         </Error></Errors><RequestID>r</RequestID></Response>"
    )
}

/// An error in the words of STS and IAM.
pub(crate) fn query_error(code: &str, message: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
         <Code>{code}</Code><Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    )
}
