use async_trait::async_trait;
use aws_config::SdkConfig;
use bytes::Bytes;
use futures::future::BoxFuture;
use larder_sources::{AccountId, Aws, DataType, FetchError, Region, Scope};
use tokio::sync::OnceCell;

/// The port to AWS: whose credentials these are, and one data type's whole answer.
#[async_trait]
pub trait Fetcher: Send + Sync + 'static {
    /// The account of these credentials. `near` is the region of the question that needs it, if it has one.
    async fn own_account(&self, near: Option<Region>) -> Result<AccountId, FetchError>;

    /// The whole answer, as JSON.
    async fn fetch(&self, data_type: &'static DataType, scope: &Scope) -> Result<Bytes, FetchError>;
}

/// AWS through the SDK. Its configuration is read, and its clients are made, when they are first needed.
pub struct AwsFetcher {
    aws: OnceCell<Aws>,
    configure: Box<dyn Fn() -> BoxFuture<'static, SdkConfig> + Send + Sync>,
}

impl AwsFetcher {
    /// AWS with the configuration that `configure` will give.
    pub fn new<F>(configure: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = SdkConfig> + Send + 'static,
    {
        Self { aws: OnceCell::new(), configure: Box::new(move || Box::pin(configure())) }
    }

    async fn aws(&self) -> &Aws {
        self.aws.get_or_init(|| async { Aws::new((self.configure)().await) }).await
    }
}

#[async_trait]
impl Fetcher for AwsFetcher {
    async fn own_account(&self, near: Option<Region>) -> Result<AccountId, FetchError> {
        self.aws().await.identity(near).await
    }

    async fn fetch(&self, data_type: &'static DataType, scope: &Scope) -> Result<Bytes, FetchError> {
        data_type.fetch(self.aws().await, scope).await
    }
}
