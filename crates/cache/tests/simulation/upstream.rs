use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use larder_cache::{Environment, FailureClass, Key, Upstream, UpstreamError};

use crate::container::Container;
use crate::executor::{Executor, WORLD};
use crate::history::{History, Outcome, What};
use crate::random::Random;
use crate::shared_store::SharedStore;

/// Where all values of a world come from: another at every call.
pub(crate) struct Origin {
    pub(crate) executor: Arc<Executor>,
    pub(crate) history: Arc<History>,
    pub(crate) store: Arc<SharedStore>,
    pub(crate) random: Random,
    /// How long a call takes, at most, when it is in good shape.
    pub(crate) latency: Duration,
    pub(crate) calls: AtomicUsize,
    pub(crate) moods: Mutex<BTreeMap<String, Mood>>,
}

/// How upstream answers questions about one key for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    Slow,
    Fails(FailureClass),
    FailsSlowly(FailureClass),
}

/// Upstream as one request calls it.
pub(crate) struct Asked {
    pub(crate) from: Container,
    pub(crate) request: usize,
    pub(crate) key: Key,
}

/// A call that was told to fail, by its number.
#[derive(Debug)]
pub(crate) struct Told(pub(crate) usize);

/// A call under way; dropped before its end, that is noted.
struct Call<'a> {
    history: &'a History,
    fetch: usize,
    outcome: Outcome,
}

impl Mood {
    pub(crate) fn of(random: &Random) -> Self {
        let class = random.one_of(&[FailureClass::Failed, FailureClass::Rejected, FailureClass::Denied]);
        match random.below(8) {
            0 => Self::Slow,
            1 => Self::FailsSlowly(class),
            2 | 3 => Self::Fails(class),
            _ => Self::Well,
        }
    }
}

impl Origin {
    pub(crate) fn set_mood(&self, key: &Key, mood: Mood) {
        self.history.note(What::Weather(format!("{key} upstream: {mood:?}")));
        self.moods.lock().expect("no panic").insert(key.to_string(), mood);
    }

    fn mood(&self, key: &Key) -> Mood {
        self.moods.lock().expect("no panic").get(key.as_str()).copied().unwrap_or(Mood::Well)
    }

    /// A value that names its key and call; of some calls it is long, and does not compress.
    fn value(&self, key: &Key, fetch: usize) -> Bytes {
        let mut value = format!("{} call {fetch}\n", key.identity()).into_bytes();
        for _ in 0..self.random.one_of(&[0, 0, 10, 100]) {
            value.extend(self.random.number().to_be_bytes());
        }
        value.into()
    }
}

#[async_trait]
impl Upstream for Asked {
    async fn fetch(&self) -> Result<Bytes, UpstreamError> {
        let Container { origin, clocks, cache, .. } = &self.from;
        let fetch = origin.calls.fetch_add(1, Ordering::Relaxed);
        let standing = origin.store.standing(&self.key);
        let (request, moment, health) = (self.request, clocks.now(), cache.store_health());
        origin.history.note(What::FetchBegan { fetch, request, moment, health, standing });
        let mut call = Call { history: &origin.history, fetch, outcome: Outcome::Dropped };
        let slow = matches!(origin.mood(&self.key), Mood::Slow | Mood::FailsSlowly(_));
        let longest = if slow { Duration::from_secs(30) } else { origin.latency };
        origin.executor.sleep(WORLD, origin.random.pause(longest)).await;
        match origin.mood(&self.key) {
            Mood::Well | Mood::Slow => {
                let value = origin.value(&self.key, fetch);
                call.outcome = Outcome::Gave(value.clone());
                Ok(value)
            }
            Mood::Fails(class) | Mood::FailsSlowly(class) => {
                call.outcome = Outcome::Failed(class);
                Err(UpstreamError::new(class, Told(fetch)))
            }
        }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.history.note(What::FetchEnded { fetch: self.fetch, outcome: self.outcome.clone() });
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "call {} was told to fail", self.0)
    }
}

impl Error for Told {}
