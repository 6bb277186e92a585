use std::ops::RangeInclusive;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use async_trait::async_trait;
use bytes::Bytes;
use larder_cache::{FailureClass, Upstream, UpstreamError};
use tokio::sync::watch;

/// An upstream that gives a new value at every call (`v1`, `v2`, ...), and does as it is told.
pub(crate) struct ScriptedUpstream {
    calls: AtomicUsize,
    running: AtomicUsize,
    most_running: AtomicUsize,
    dropped: AtomicUsize,
    /// Calls with these numbers are held.
    held: watch::Sender<RangeInclusive<usize>>,
    failing: Mutex<Option<FailureClass>>,
    value: Mutex<Option<Bytes>>,
}

const NONE: RangeInclusive<usize> = 0..=0;

/// A call under way; dropped before its end, it is counted.
struct Call<'a> {
    upstream: &'a ScriptedUpstream,
    ended: bool,
}

impl ScriptedUpstream {
    pub(crate) fn new() -> Self {
        Self {
            calls: AtomicUsize::new(0),
            running: AtomicUsize::new(0),
            most_running: AtomicUsize::new(0),
            dropped: AtomicUsize::new(0),
            held: watch::Sender::new(NONE),
            failing: Mutex::new(None),
            value: Mutex::new(None),
        }
    }

    /// How often it was called.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(SeqCst)
    }

    /// How many calls ran at once at most.
    pub(crate) fn most_running(&self) -> usize {
        self.most_running.load(SeqCst)
    }

    /// How many calls were dropped before they ended.
    pub(crate) fn dropped(&self) -> usize {
        self.dropped.load(SeqCst)
    }

    /// Holds every further call.
    pub(crate) fn hold(&self) {
        self.held.send_replace(self.calls() + 1..=usize::MAX);
    }

    /// Holds the next call, and none after it.
    pub(crate) fn hold_next(&self) {
        let next = self.calls() + 1;
        self.held.send_replace(next..=next);
    }

    /// Lets the calls up to the `n`th go on, and no other.
    pub(crate) fn let_go_up_to(&self, n: usize) {
        self.held.send_replace(n + 1..=usize::MAX);
    }

    /// Lets all go on.
    pub(crate) fn let_go(&self) {
        self.held.send_replace(NONE);
    }

    pub(crate) fn fail_with(&self, class: FailureClass) {
        *self.failing.lock().expect("no panic") = Some(class);
    }

    pub(crate) fn recover(&self) {
        *self.failing.lock().expect("no panic") = None;
    }

    /// Gives this value from now on.
    pub(crate) fn give(&self, value: impl Into<Bytes>) {
        *self.value.lock().expect("no panic") = Some(value.into());
    }
}

#[async_trait]
impl Upstream for ScriptedUpstream {
    async fn fetch(&self) -> Result<Bytes, UpstreamError> {
        let number = self.calls.fetch_add(1, SeqCst) + 1;
        self.most_running.fetch_max(self.running.fetch_add(1, SeqCst) + 1, SeqCst);
        let mut call = Call { upstream: self, ended: false };
        let mut held = self.held.subscribe();
        held.wait_for(|held| !held.contains(&number)).await.expect("the gate lives as long as the upstream");
        call.ended = true;
        if let Some(class) = *self.failing.lock().expect("no panic") {
            return Err(UpstreamError::new(class, std::io::Error::other("told to fail")));
        }
        let value = self.value.lock().expect("no panic").clone();
        Ok(value.unwrap_or_else(|| format!("v{number}").into()))
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.upstream.running.fetch_sub(1, SeqCst);
        if !self.ended {
            self.upstream.dropped.fetch_add(1, SeqCst);
        }
    }
}
