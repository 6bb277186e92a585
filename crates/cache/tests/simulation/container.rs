use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{Either, select};
use larder_cache::{Cache, Directives, Environment, InvalidateError, Key, Policy, Renewal, Selector, Upstream};

use crate::clocks::Clocks;
use crate::executor::Place;
use crate::history::{Answered, History, What};
use crate::questions::DATA_TYPES;
use crate::upstream::{Asked, Origin};
use crate::world::Clock;

/// One container: the cache as it ships, on its own clocks and its own way to the store.
#[derive(Clone)]
pub(crate) struct Container {
    pub(crate) place: Place,
    pub(crate) clocks: Arc<Clocks>,
    pub(crate) cache: Cache,
    pub(crate) history: Arc<History>,
    pub(crate) origin: Arc<Origin>,
    pub(crate) everyones: Arc<Clock>,
}

/// How an invalidation is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Also {
    Nothing,
    Purge,
}

/// A request that is not answered yet; dropped, that is noted.
struct Pending<'a> {
    history: &'a History,
    request: usize,
    answered: bool,
}

impl Container {
    /// One request, whose caller goes away after `patience`.
    pub(crate) async fn ask(
        self,
        request: usize,
        (key, policy): (Key, Policy),
        directives: Directives,
        patience: Duration,
    ) {
        let mut pending = self.pending(request, &key, directives, None);
        let upstream: Arc<dyn Upstream> = Arc::new(Asked { from: self.clone(), request, key: key.clone() });
        let get = pin!(self.cache.get(&key, &policy, &directives, &upstream));
        if let Either::Left((answer, _)) = select(get, self.clocks.sleep(patience)).await {
            let moment = self.clocks.now();
            self.history.note(What::Answered { request, answer: Box::new(answer.map(Answered)), moment });
            pending.answered = true;
        }
    }

    /// One renewal. Whatever comes of it, no value is told.
    pub(crate) async fn renew(
        self,
        request: usize,
        (key, policy): (Key, Policy),
        directives: Directives,
        renewal: Renewal,
    ) {
        let _pending = self.pending(request, &key, directives, Some(renewal));
        let upstream: Arc<dyn Upstream> = Arc::new(Asked { from: self.clone(), request, key: key.clone() });
        // What failed, a request will find out for itself.
        let _ = self.cache.renew(&key, &policy, &directives, &upstream, renewal).await;
    }

    fn pending(&self, request: usize, key: &Key, directives: Directives, renewal: Option<Renewal>) -> Pending<'_> {
        let (at, key, moment, health) = (self.place, key.clone(), self.clocks.now(), self.cache.store_health());
        self.history.note(What::Asked { request, at, key, directives, renewal, moment, health });
        Pending { history: &self.history, request, answered: false }
    }

    pub(crate) async fn invalidate(self, invalidation: usize, selector: Selector, also: Also) {
        self.history.note(What::InvalidationSent { invalidation, at: self.place, selector: selector.clone() });
        let done = match also {
            Also::Nothing => self.cache.invalidate(&selector).await,
            Also::Purge => self.cache.purge(&selector, &DATA_TYPES).await,
        };
        let epoch = match done {
            Ok(invalidated) => Some(invalidated.epoch),
            Err(InvalidateError::Purge(_)) => None,
            Err(InvalidateError::Store(_)) => return self.history.note(What::InvalidationFailed { invalidation }),
        };
        self.history.note(What::Acknowledged { invalidation, epoch, clocks: self.everyones.moments() });
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.history.note(What::GivenUp { request: self.request });
        }
    }
}
