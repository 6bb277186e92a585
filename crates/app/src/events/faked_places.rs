use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use larder_sources::{AccountId, AskedServers, FetchError, Lookup, RecordedEvent, Region, Server};

use crate::problem::Code;
use crate::runtime::{Failure, Ledger, Place, Places, RuntimeParts, ServersInItems, SqliteItems, Upstream};
use crate::test_app::TokioClock;

/// A registry that tests write, behind which there is nothing.
#[derive(Debug, Default)]
pub(super) struct FakedPlaces {
    pub(super) places: Mutex<Places>,
    pub(super) reads: AtomicUsize,
}

impl FakedPlaces {
    pub(super) fn of(known: &[(&str, &str)]) -> Arc<Self> {
        let faked = Self::default();
        faked.set(known, &[]);
        Arc::new(faked)
    }

    pub(super) fn set(&self, known: &[(&str, &str)], failed: &[Option<&str>]) {
        let known = known.iter().map(|(account, name)| Place { account: account_of(account), region: region(name) });
        let failed = failed
            .iter()
            .map(|whose| (whose.map(str::to_owned), Failure::new(Code::UpstreamUnavailable, "nobody answers")));
        let places = Places { known: known.collect(), failed: failed.collect() };
        *self.places.lock().expect("not poisoned") = places;
    }

    pub(super) fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }

    /// Parts that keep in a file of that folder.
    pub(super) async fn parts(self: &Arc<Self>, folder: &tempfile::TempDir) -> RuntimeParts {
        let items = SqliteItems::open(&folder.path().join("runtime.sqlite")).await.expect("a new file");
        let items = Arc::new(items);
        RuntimeParts {
            upstream: self.clone(),
            ledger: Ledger::new(items.clone()),
            servers: Arc::new(ServersInItems::new(items)),
            environment: Arc::new(TokioClock::new()),
        }
    }
}

pub(super) fn account_of(text: &str) -> AccountId {
    AccountId::parse(text).expect("12 digits")
}

pub(super) fn region(name: &str) -> Region {
    Region::parse(name).expect("a region")
}

#[async_trait]
impl Upstream for FakedPlaces {
    async fn places(&self) -> Places {
        self.reads.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        self.places.lock().expect("not poisoned").clone()
    }

    async fn events(&self, _: &Lookup, _: Duration) -> Result<Vec<RecordedEvent>, FetchError> {
        panic!("an event asks CloudTrail nothing")
    }

    async fn tagged(&self, _: &Place) -> Result<Vec<Server>, FetchError> {
        panic!("an event asks EC2 nothing")
    }

    async fn by_id(&self, _: &Place, _: BTreeSet<String>) -> Result<AskedServers, FetchError> {
        panic!("an event asks EC2 nothing")
    }
}
