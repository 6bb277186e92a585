use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use larder_cache::{
    Answer, Content, Directives, Epoch, Failure, FailureClass, Fence, Key, Moment, Renewal, Selector, StoreHealth,
};

use crate::executor::{Executor, Place};
use crate::timeline::Monotonic;

/// All that happened in a fleet, in the order in which it truly happened.
pub(crate) struct History {
    executor: Arc<Executor>,
    events: Mutex<Vec<Event>>,
}

/// Something that happened. Its index in the history is its place in the true order; the time is the true one.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) at: Duration,
    pub(crate) what: What,
}

#[derive(Clone, Debug)]
#[expect(dead_code, reason = "some fields are there to be printed")]
pub(crate) enum What {
    Began(Place),
    Killed(Place),
    Froze(Place, Monotonic),
    Thawed(Place),
    /// A wall clock was set; what the clocks said just before, and what they say now.
    ClockSet {
        at: Place,
        before: Moment,
        after: Moment,
    },
    /// A request was put to the cache of a container, or a renewal, which is told no value; numbered from 0.
    Asked {
        request: usize,
        at: Place,
        key: Key,
        directives: Directives,
        renewal: Option<Renewal>,
        moment: Moment,
        /// How its container finds the store.
        health: StoreHealth,
    },
    Answered {
        request: usize,
        answer: Box<Result<Answered, Failure>>,
        moment: Moment,
    },
    /// Its caller went away, or its container was killed; or it was a renewal, and is over.
    GivenUp {
        request: usize,
    },
    /// A call of upstream; numbered from 0.
    FetchBegan {
        fetch: usize,
        request: usize,
        moment: Moment,
        health: StoreHealth,
        standing: Option<Standing>,
    },
    FetchEnded {
        fetch: usize,
        outcome: Outcome,
    },
    InvalidationSent {
        invalidation: usize,
        at: Place,
        selector: Selector,
    },
    /// Acknowledged as this epoch, or as whichever it made if its purge did not finish; with what every living
    /// container's clocks said then.
    Acknowledged {
        invalidation: usize,
        epoch: Option<Fence>,
        clocks: Vec<(Place, Moment)>,
    },
    /// It was not acknowledged, so nothing is promised.
    InvalidationFailed {
        invalidation: usize,
    },
    /// An invalidation took effect in the store.
    Advanced {
        by: Place,
        selector: Selector,
        epoch: Fence,
    },
    /// An entry was written in the store; `epoch` is the one that stood there then.
    Wrote {
        by: Place,
        key: String,
        fence: Fence,
        etag: String,
        epoch: Option<Epoch>,
    },
    /// A lease was taken, or renewed.
    Leased {
        by: Place,
        key: String,
    },
    /// A purge deleted entries.
    Deleted {
        keys: Vec<String>,
    },
    /// A read of the store brought an entry to a container.
    Delivered {
        to: Place,
        key: String,
        etag: String,
    },
    /// A store request of this container met a fault, or a delay that is no everyday one.
    Disturbed(Place, &'static str),
    EpochLost,
    /// What readers of a key meet from now on until it is written again.
    Tampered {
        key: String,
        how: String,
    },
    /// What the store, or upstream, is like from now on.
    Weather(String),
}

/// What stood in the store under a fetch's key when the fetch began.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) etag: String,
    pub(crate) created_at: u64,
    pub(crate) expires_at: u64,
    /// By the epoch of that moment.
    pub(crate) alive: bool,
}

/// An answer, as far as the promises speak of it.
#[derive(Clone)]
pub(crate) struct Answered(pub(crate) Answer);

/// How a call of upstream ended.
#[derive(Clone)]
pub(crate) enum Outcome {
    Gave(Bytes),
    Failed(FailureClass),
    /// Nobody waited for it any more.
    Dropped,
}

impl History {
    pub(crate) fn new(executor: Arc<Executor>) -> Self {
        Self { executor, events: Mutex::default() }
    }

    pub(crate) fn note(&self, what: What) {
        let at = self.executor.now();
        self.events.lock().expect("no panic").push(Event { at, what });
    }

    /// All events up to now, handed over.
    pub(crate) fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.events.lock().expect("no panic"))
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>12} ms  {:?}", self.at.as_millis(), self.what)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{}", self.0)
    }
}

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Answer { age, origin, freshness, .. } = &self.0;
        let Content { value, lifetime, .. } = &*self.0;
        write!(f, "{:?} {age:?} of {lifetime:?} {origin:?} {freshness:?}", Outcome::Gave(value.clone()))
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gave(value) => {
                let line = value.split(|byte| *byte == b'\n').next().unwrap_or_default();
                write!(f, "'{}' of {} bytes", String::from_utf8_lossy(line), value.len())
            }
            Self::Failed(class) => write!(f, "{class:?}"),
            Self::Dropped => f.write_str("dropped"),
        }
    }
}
