use async_trait::async_trait;
use bytes::Bytes;
use futures::future::BoxFuture;
use larder_sources::{AccountId, Accounts, DataType, FetchError, Region, Scope};
use tokio::sync::OnceCell;

/// The port to AWS: whose credentials these are, and one data type's whole answer.
#[async_trait]
pub trait Fetcher: Send + Sync + 'static {
    /// The account of Larder's own credentials. `near` is the region of the question that needs it, if it has one.
    async fn own_account(&self, near: Option<Region>) -> Result<AccountId, FetchError>;

    /// The partition of those credentials, and so of every account that can be asked with them. AWS is not asked.
    async fn partition(&self) -> &'static str;

    /// That somebody can be asked about that account: it is that of Larder's own credentials, or has a role in the accounts
    /// registry as it is now. No role is assumed.
    ///
    /// # Errors
    /// [`FetchError::is_unknown_account`] if nobody can; any other if that could not be found out.
    async fn check_known(&self, account: &AccountId) -> Result<(), FetchError>;

    /// The whole answer, as JSON, with the credentials of the scope's account.
    async fn fetch(&self, data_type: &'static DataType, scope: &Scope) -> Result<Bytes, FetchError>;
}

/// AWS through the SDK. Its configuration is read, and its clients are made, when they are first needed.
pub struct AwsFetcher {
    accounts: OnceCell<Accounts>,
    open: Box<dyn Fn() -> BoxFuture<'static, Accounts> + Send + Sync>,
}

impl AwsFetcher {
    /// AWS with the accounts that `open` will give.
    pub fn new<F>(open: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Accounts> + Send + 'static,
    {
        Self { accounts: OnceCell::new(), open: Box::new(move || Box::pin(open())) }
    }

    async fn accounts(&self) -> &Accounts {
        self.accounts.get_or_init(|| (self.open)()).await
    }
}

#[async_trait]
impl Fetcher for AwsFetcher {
    async fn own_account(&self, near: Option<Region>) -> Result<AccountId, FetchError> {
        self.accounts().await.own_account(near).await
    }

    async fn partition(&self) -> &'static str {
        self.accounts().await.partition()
    }

    async fn check_known(&self, account: &AccountId) -> Result<(), FetchError> {
        self.accounts().await.aws_of(account, None).await.map(drop)
    }

    async fn fetch(&self, data_type: &'static DataType, scope: &Scope) -> Result<Bytes, FetchError> {
        self.accounts().await.fetch(data_type, scope).await
    }
}
