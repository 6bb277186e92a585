//! The one deployment that all tests of this suite share.

use std::sync::LazyLock;

use larder_standin::{AccountId, CallTags, Config, Handle, ServerCounts, Standin, UnknownKeys};
use larder_tests::{LocalCloud, Person};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

use crate::reply::Reply;

/// Larder in ministack, AWS's other services beside it, and people with tokens.
pub(crate) struct Deployment {
    pub(crate) cloud: LocalCloud,
    pub(crate) standin: Handle,
    /// Reads, and sees its own account.
    pub(crate) reader: String,
    /// Does everything.
    pub(crate) admin: String,
}

/// The stand-in answers as long as its runtime is there: longer than that of the test that needed it first.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

impl Deployment {
    pub(crate) async fn shared() -> &'static Self {
        static SHARED: OnceCell<Deployment> = OnceCell::const_new();
        let start = || RUNTIME.block_on(Self::start());
        SHARED.get_or_init(async || tokio::task::spawn_blocking(start).await.expect("it starts")).await
    }

    async fn start() -> Self {
        let config = Config {
            unknown_keys: UnknownKeys::OfFirstAccount,
            call_tags: CallTags::Present,
            // CloudTrail is asked twice a second: of more that happens, it would be minutes until it is read.
            servers: ServerCounts { lively: 0, steady: 12 },
            ..Config::default()
        };
        let standin = Standin::start(config).await.expect("the stand-in starts");
        let account = standin.fleet().accounts()[0].id().clone();
        let cloud = LocalCloud::start(&standin.url(), account.as_str()).await.expect("it is deployed");
        let own = format!("acct-{account}");
        let reader = Person { email: "reader@example.com", groups: &[&own], scopes: &["larder/read"] };
        let admin = Person {
            email: "admin@example.com",
            groups: &["acct-all", "larder-admins"],
            scopes: &["larder/read", "larder/admin"],
        };
        let reader = cloud.sign_in(&reader).await.expect("they sign in");
        let admin = cloud.sign_in(&admin).await.expect("they sign in");
        Self { cloud, standin, reader, admin }
    }

    /// One of the fleet's accounts; the first is the one that Larder is deployed to.
    pub(crate) fn account(&self, number: usize) -> &AccountId {
        self.standin.fleet().accounts()[number].id()
    }

    /// The token of somebody who is in the user pool for one test only.
    pub(crate) async fn sign_in(&self, email: &str, groups: &[&str], scopes: &[&str]) -> String {
        self.cloud.sign_in(&Person { email, groups, scopes }).await.expect("they sign in")
    }

    pub(crate) async fn get(&self, path: &str, token: Option<&str>) -> Reply {
        self.send("GET", path, token).await
    }

    /// Sends a request; one that posts has an empty JSON object as its body.
    pub(crate) async fn send(&self, method: &str, path: &str, token: Option<&str>) -> Reply {
        let url = format!("{}{path}", self.cloud.endpoint().expect("an endpoint"));
        let client = self.cloud.client().expect("a client");
        let mut request = client.request(method.parse().expect("a method"), url);
        if method == "POST" {
            request = request.header("content-type", "application/json").body("{}");
        }
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        Reply::of(request.send().await.expect("an answer")).await
    }
}
