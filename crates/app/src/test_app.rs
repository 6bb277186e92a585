use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use larder_cache::store::{InProcessStore, Store};
use larder_history::{History, SqliteHistory};
use larder_sources::{AccountId, DataType, FailureKind, FetchError, Region, Scope};

use crate::configuration::Configuration;
use crate::wiring::{OpenedHistory, OpenedRuntime, OpenedStore};
use crate::{App, Fetcher, Parts};
pub(crate) use tokio_clock::TokioClock;

mod tokio_clock;

/// The account whose credentials the scripted AWS has.
pub(crate) const OWN: &str = "111122223333";

/// A history that is opened already.
pub(crate) fn history_in_memory(history: SqliteHistory) -> OpenedHistory {
    let history: Arc<dyn History> = Arc::new(history);
    let opened = move || std::future::ready(Ok(history.clone()));
    OpenedHistory::when_asked("memory".to_owned(), Arc::new(TokioClock::new()), opened)
}

/// A data type, and a region where the answer is only that region's.
type Asked = (&'static str, Option<&'static str>);

/// An AWS that answers what it was told to, and counts how often it is asked.
#[derive(Default)]
pub(crate) struct ScriptedAws {
    answers: Mutex<BTreeMap<Asked, Result<Bytes, FetchError>>>,
    hangs: Mutex<BTreeSet<Asked>>,
    takes: Mutex<Duration>,
    identity: Mutex<Option<Result<AccountId, FetchError>>>,
    registry: Mutex<Option<FetchError>>,
    asked: AtomicUsize,
    asked_for: Mutex<Vec<&'static str>>,
}

impl ScriptedAws {
    /// What a data type is answered from now on.
    pub(crate) fn answers(&self, data_type: &'static str, answer: Result<&str, FetchError>) {
        self.set((data_type, None), answer);
    }

    /// The same for one region.
    pub(crate) fn answers_in(&self, region: &'static str, data_type: &'static str, answer: Result<&str, FetchError>) {
        self.set((data_type, Some(region)), answer);
    }

    /// That a data type is never answered in one region from now on.
    pub(crate) fn hangs_in(&self, region: &'static str, data_type: &'static str) {
        self.hangs.lock().unwrap_or_else(PoisonError::into_inner).insert((data_type, Some(region)));
    }

    /// How long it takes over each answer from now on; for a test that pauses the clock.
    pub(crate) fn takes(&self, time: Duration) {
        *self.takes.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }

    fn set(&self, asked: Asked, answer: Result<&str, FetchError>) {
        let answer = answer.map(|text| Bytes::copy_from_slice(text.as_bytes()));
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(asked, answer);
    }

    /// Whose credentials it takes them for from now on, or why it does not tell.
    pub(crate) fn takes_us_for(&self, account: Result<&str, FetchError>) {
        let account = account.map(|account| AccountId::parse(account).expect("12 digits"));
        *self.identity.lock().unwrap_or_else(PoisonError::into_inner) = Some(account);
    }

    /// Why the accounts registry can't be read from now on.
    pub(crate) fn registry_fails(&self, why: FetchError) {
        *self.registry.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
    }

    /// How often it was asked for that data type.
    pub(crate) fn asked_for(&self, data_type: &str) -> usize {
        let asked = self.asked_for.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().filter(|name| **name == data_type).count()
    }

    /// How often it was asked anything.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Fetcher for ScriptedAws {
    async fn own_account(&self, _near: Option<Region>) -> Result<AccountId, FetchError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let identity = self.identity.lock().unwrap_or_else(PoisonError::into_inner).clone();
        identity.unwrap_or_else(|| Ok(AccountId::parse(OWN).expect("12 digits")))
    }

    async fn partition(&self) -> &'static str {
        "aws"
    }

    /// It has a role in no account.
    async fn check_known(&self, account: &AccountId) -> Result<(), FetchError> {
        if let Some(why) = self.registry.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Err(why);
        }
        if account.as_str() == OWN { Ok(()) } else { Err(unknown_account()) }
    }

    async fn fetch(&self, data_type: &'static DataType, scope: &Scope) -> Result<Bytes, FetchError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.asked_for.lock().unwrap_or_else(PoisonError::into_inner).push(data_type.name);
        if scope.account.as_ref().is_some_and(|account| account.as_str() != OWN) {
            return Err(unknown_account());
        }
        let asked = (data_type.name, scope.region.map(Region::name));
        if self.hangs.lock().unwrap_or_else(PoisonError::into_inner).contains(&asked) {
            std::future::pending::<()>().await;
        }
        let takes = *self.takes.lock().unwrap_or_else(PoisonError::into_inner);
        if !takes.is_zero() {
            tokio::time::sleep(takes).await;
        }
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = answers.get(&asked).or_else(|| answers.get(&(data_type.name, None))).cloned();
        answer.unwrap_or_else(|| Ok(Bytes::from_static(b"{}")))
    }
}

fn unknown_account() -> FetchError {
    let unknown = FailureKind::Rejected { code: "UnknownAccount".to_owned() };
    FetchError::new(unknown, "sts:AssumeRole", "there is no role for it")
}

/// An app over a store of its own and a scripted AWS.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) aws: Arc<ScriptedAws>,
    pub(crate) store: Arc<InProcessStore>,
}

impl TestApp {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Configuration)) -> Self {
        Self::over(OpenedHistory::none("a test has none"), change)
    }

    /// The same over that history.
    pub(crate) fn over(history: OpenedHistory, change: impl FnOnce(&mut Configuration)) -> Self {
        let mut configuration = Configuration::default();
        change(&mut configuration);
        let (aws, store) = (Arc::new(ScriptedAws::default()), Arc::new(InProcessStore::new()));
        let opened = if configuration.cache.disabled {
            Err("switched off in /home/ann/larder.toml".to_owned())
        } else {
            Ok(store.clone() as Arc<dyn Store>)
        };
        let store_of_app = OpenedStore { store: opened, description: "memory".to_owned() };
        let app = App::new(Parts {
            configuration: &configuration,
            environment: Arc::new(TokioClock::new()),
            store: store_of_app,
            fetcher: aws.clone(),
            runtime: OpenedRuntime::none("a test has none".to_owned()),
            history,
        });
        Self { app, aws, store }
    }
}
