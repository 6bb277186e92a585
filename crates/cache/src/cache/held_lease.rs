use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::{Either, select};

use super::Inner;
use super::releases::Release;
use crate::environment::Moment;
use crate::key::Key;
use crate::store::{Claim, LeaseAttempt};

/// A lease that this process took, or may have taken. Dropped, it is given back, unless an entry was filled under it:
/// that entry names its owner, so that everyone who reads it knows that the lease is over.
pub(super) struct HeldLease {
    inner: Arc<Inner>,
    key: Key,
    tenure: Arc<Tenure>,
    /// Owners of renewals over the last one known that got no answer: one of them may be what stands there.
    unanswered: Vec<String>,
}

/// Whose a lease is, since when, and whether an entry was filled under it: shared with the fetch that goes on while it is
/// renewed.
pub(super) struct Tenure(Mutex<Terms>);

struct Terms {
    /// Changes with every renewal, so that whoever waits sees that the holder lives.
    owner: String,
    renewed: Moment,
    /// The owner that the filled entry names.
    filled: Option<String>,
}

impl HeldLease {
    /// The lease of `key`, about to be asked for under the name `owner`.
    pub(super) fn of(inner: &Arc<Inner>, key: &Key, owner: String) -> Self {
        let terms = Terms { owner, renewed: inner.environment.now(), filled: None };
        let tenure = Arc::new(Tenure(Mutex::new(terms)));
        Self { inner: inner.clone(), key: key.clone(), tenure, unanswered: Vec::new() }
    }

    pub(super) fn tenure(&self) -> Arc<Tenure> {
        self.tenure.clone()
    }

    /// `work`'s output; meanwhile the lease is renewed.
    pub(super) async fn renew_while<F: Future>(&mut self, work: F) -> F::Output {
        let mut work = pin!(work);
        // What the taking of the lease and the read under it took is no time that waiters grant.
        let mut tried = self.tenure.terms().renewed;
        loop {
            let due = self.inner.settings.lease.renewal.saturating_sub(self.inner.environment.now().since(tried));
            match select(work.as_mut(), self.inner.environment.sleep(due)).await {
                Either::Left((output, _)) => return output,
                Either::Right(_) => {}
            }
            tried = self.inner.environment.now();
            // Nobody waits for a renewal whose lease is no longer needed. It counts as one that got no answer.
            if let Either::Left((output, _)) = select(work.as_mut(), pin!(self.renew())).await {
                return output;
            }
        }
    }

    async fn renew(&mut self) {
        // The second time over an earlier renewal that took effect although its answer was lost.
        for _ in 0..2 {
            let (item, sent) = (self.inner.lease_item(), self.inner.environment.now());
            self.unanswered.push(item.owner.clone());
            let (key, claim) = (&self.key, Claim::Renewal(self.tenure.owner()));
            let renewal = self.inner.store.ask(key.data_type(), |store| store.take_lease(key, &item, &claim));
            match renewal.await {
                Ok(LeaseAttempt::Taken) => {
                    self.tenure.renew(item.owner, sent);
                    self.unanswered.clear();
                    return;
                }
                Ok(LeaseAttempt::Held(standing)) => {
                    self.unanswered.pop();
                    if !self.unanswered.contains(&standing.owner) {
                        return;
                    }
                    self.unanswered.clear();
                    self.tenure.terms().owner = standing.owner;
                }
                Err(_) => return,
            }
        }
    }

    /// Gives it back where that is needed; its last owner.
    pub(super) async fn finish(mut self) -> String {
        let owner = self.tenure.owner();
        if let Some(release) = self.let_go() {
            self.inner.release(&release).await;
        }
        owner
    }

    /// Not taken after all: there is nothing to give back.
    pub(super) fn defuse(mut self) {
        self.unanswered.clear();
        self.tenure.end(&self.unanswered);
    }

    /// Has it given back where that is needed; what will be.
    fn let_go(&mut self) -> Option<Arc<Release>> {
        let unanswered = std::mem::take(&mut self.unanswered);
        let owner = self.tenure.end(&unanswered)?;
        let release = Release::of(&self.key, owner, unanswered);
        self.inner.release_soon(&release);
        Some(release)
    }
}

impl Drop for HeldLease {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl Tenure {
    /// Whose it is now.
    pub(super) fn owner(&self) -> String {
        self.terms().owner.clone()
    }

    /// Whether it has not been renewed for so long that whoever waits may have taken it over.
    pub(super) fn has_run_out(&self, now: Moment, duration: Duration) -> bool {
        now.since(self.terms().renewed) >= duration
    }

    /// An entry that names that owner is in the store.
    pub(super) fn filled_under(&self, owner: Option<String>) {
        self.terms().filled = owner;
    }

    fn renew(&self, owner: String, renewed: Moment) {
        let mut terms = self.terms();
        (terms.owner, terms.renewed) = (owner, renewed);
    }

    /// The owner that is to be given back, told once: none where the entry tells already that the lease is over. It does
    /// not if a renewal may replace the owner that it names.
    fn end(&self, unanswered: &[String]) -> Option<String> {
        let mut terms = self.terms();
        let (owner, filled) = (std::mem::take(&mut terms.owner), terms.filled.take());
        let told = unanswered.is_empty() && filled.as_ref() == Some(&owner);
        Some(owner).filter(|owner| !owner.is_empty() && !told)
    }

    fn terms(&self) -> MutexGuard<'_, Terms> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
