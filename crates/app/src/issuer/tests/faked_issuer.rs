use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use futures::future::BoxFuture;
use http::StatusCode;
use larder_cache::Moment;
use larder_tests::TokenSigner;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::super::{Issuer, KeysUnreadable};
use crate::configuration::{JwksPlace, TrustedIssuer};
use crate::{Environment, SystemEnvironment};

/// When a test begins: on 12 March 2026.
pub(super) const NOW: Duration = Duration::from_secs(1_773_342_238);

/// An issuer on this machine, whose clock and answers a test sets.
pub(super) struct FakedIssuer {
    url: String,
    answers: Arc<Mutex<Answers>>,
    clock: Arc<SetClock>,
    _serving: JoinSet<()>,
}

#[derive(Default)]
struct Answers {
    discovery: Option<String>,
    keys: Option<String>,
    asked: usize,
    held: Option<Arc<Held>>,
}

/// An answer that waits until a test lets it go.
#[derive(Default)]
pub(super) struct Held {
    asked: Notify,
    released: Notify,
}

impl Held {
    /// Resolves once somebody waits for the answer.
    pub(super) async fn asked(&self) {
        self.asked.notified().await;
    }

    pub(super) fn release(&self) {
        self.released.notify_one();
    }
}

impl FakedIssuer {
    pub(super) async fn start() -> Self {
        let answers = Arc::new(Mutex::new(Answers::default()));
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(keys))
            .with_state(Arc::clone(&answers));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, routes).await.expect("it serves") });
        let clock = Arc::new(SetClock { passed: Mutex::default(), real: SystemEnvironment::new() });
        let faked = Self { url, answers, clock, _serving: serving };
        faked.says_of_itself(&json!({"issuer": faked.url, "jwks_uri": format!("{}/jwks", faked.url)}));
        faked
    }

    pub(super) fn url(&self) -> String {
        self.url.clone()
    }

    /// Which keys it has from now on.
    pub(super) fn has(&self, signers: &[&TokenSigner]) {
        self.set(|answers| answers.keys = Some(Self::key_set(signers)));
    }

    pub(super) fn says_of_itself(&self, discovery: &Value) {
        self.set(|answers| answers.discovery = Some(discovery.to_string()));
    }

    /// That it gives no keys from now on.
    pub(super) fn fail(&self) {
        self.set(|answers| answers.keys = None);
    }

    /// Holds its next answer about its keys.
    pub(super) fn hold(&self) -> Arc<Held> {
        let held = Arc::new(Held::default());
        self.set(|answers| answers.held = Some(Arc::clone(&held)));
        held
    }

    /// How often it was asked for its keys.
    pub(super) fn asked(&self) -> usize {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).asked
    }

    pub(super) fn pass(&self, time: Duration) {
        *self.clock.passed.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }

    /// The issuer with its keys from where it says.
    pub(super) async fn discovered(&self) -> Issuer {
        let document = format!("{}/.well-known/openid-configuration", self.url).parse().expect("a URI");
        self.with(JwksPlace::Discovered(document)).await.expect("an issuer may be down")
    }

    /// The issuer with its keys from a file.
    pub(super) async fn in_file(&self, path: &Path) -> Result<Issuer, KeysUnreadable> {
        self.with(JwksPlace::File(path.to_owned())).await
    }

    pub(super) fn key_set(signers: &[&TokenSigner]) -> String {
        let keys: Vec<_> = signers.iter().map(|signer| signer.jwk()).collect();
        json!({"keys": keys}).to_string()
    }

    async fn with(&self, jwks: JwksPlace) -> Result<Issuer, KeysUnreadable> {
        let trusted = TrustedIssuer { name: self.url.clone(), audience: vec!["app".to_owned()], jwks };
        Issuer::open(trusted, self.clock.clone()).await
    }

    fn set(&self, change: impl FnOnce(&mut Answers)) {
        change(&mut self.answers.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

type Shared = State<Arc<Mutex<Answers>>>;

async fn discovery(State(answers): Shared) -> Result<String, StatusCode> {
    let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
    answers.discovery.clone().ok_or(StatusCode::SERVICE_UNAVAILABLE)
}

async fn keys(State(answers): Shared) -> Result<String, StatusCode> {
    if let Some(held) = count(&answers) {
        held.asked.notify_one();
        held.released.notified().await;
    }
    let answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
    answers.keys.clone().ok_or(StatusCode::SERVICE_UNAVAILABLE)
}

/// Counts a question, and gives what holds its answer.
fn count(answers: &Mutex<Answers>) -> Option<Arc<Held>> {
    let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
    answers.asked += 1;
    answers.held.take()
}

/// The real world but for its clocks, which move only when they are told to.
struct SetClock {
    passed: Mutex<Duration>,
    real: SystemEnvironment,
}

impl Environment for SetClock {
    fn now(&self) -> Moment {
        let passed = *self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        Moment { wall: NOW + passed, monotonic: passed }
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.real.sleep(duration)
    }

    fn spawn(&self, work: BoxFuture<'static, ()>) {
        self.real.spawn(work);
    }

    fn random(&self) -> u64 {
        self.real.random()
    }
}
