use std::pin::pin;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::{Either, select};

use super::load::{Landed, Purpose};
use super::{Inner, Request};
use crate::answer::Forward;
use crate::environment::Moment;
use crate::key::Key;
use crate::look::Look;
use crate::store::{LeaseAttempt, LeaseItem, StoreError};

/// How often whoever waits looks for the entry between two attempts at the lease.
const LOOKS_PER_ATTEMPT: usize = 4;
/// How long past its end the store keeps a lease, in seconds.
const KEPT: u64 = 3_600;

/// A lease that this process took, or may have taken. Dropped, it is given back.
struct HeldLease {
    inner: Arc<Inner>,
    key: Key,
    /// Changes with every renewal, so that whoever waits sees that the holder lives.
    owner: String,
    renewed: Moment,
    /// Owners of renewals that got no answer: one of them may be what stands there.
    unanswered: Vec<String>,
}

/// Leases that were dropped, to be given back by whoever comes first: the request that dropped them, or a task.
#[derive(Default)]
pub(super) struct Releases {
    dropped: Mutex<Vec<(Key, String)>>,
    /// Held by whoever is giving them back, so that the other knows when it is done.
    under_way: tokio::sync::Mutex<()>,
}

/// Someone else's lease, and since when it has stood unchanged by our own clock: clocks of two containers are never
/// compared.
struct Observed {
    owner: String,
    since: Moment,
    /// The store itself may have forgotten it by now: no two clocks differ by that much.
    long_gone: bool,
}

impl Inner {
    /// Steps 4 and 5: fetches as the one of the fleet that holds the lease, or waits for that one.
    pub(super) async fn fetch_leased(
        self: &Arc<Self>,
        request: &Request,
        mut look: Arc<Look>,
        why: Forward,
        purpose: Purpose,
    ) -> Landed {
        let mut observed: Option<Observed> = None;
        loop {
            let over = observed.as_ref().filter(|lease| self.has_run_out(lease)).map(|lease| lease.owner.clone());
            match self.take_lease(&request.key, over.as_deref()).await {
                // A store that fails now holds nobody up.
                Err(_) => return self.fetch_and_keep(request, &look, why).await,
                Ok(Either::Left(lease)) => {
                    if over.is_some() {
                        self.statistics.events.lease_taken_over.fetch_add(1, Relaxed);
                    }
                    if let Some(landed) = self.fetch_holding(lease, request, &look, why, purpose).await {
                        return landed;
                    }
                }
                Ok(Either::Right(held)) => {
                    if observed.as_ref().is_none_or(|known| known.owner != held.owner) {
                        let since = self.environment.now();
                        let long_gone = held.ttl < since.wall.as_secs();
                        observed = Some(Observed { owner: held.owner, since, long_gone });
                        if long_gone {
                            continue;
                        }
                    }
                    for _ in 0..LOOKS_PER_ATTEMPT {
                        if self.has_waited_enough(request) {
                            return self.fetch_and_keep(request, &look, why).await;
                        }
                        self.environment.sleep(self.poll_pause()).await;
                        let Ok((again, stored)) = self.read_entry(request).await else { continue };
                        if let Some(landed) = self.landed_without_fetch(request, &again, stored, purpose) {
                            return landed;
                        }
                        look = again;
                    }
                }
            }
        }
    }

    /// Reads once more under the lease, since its last holder may have filled the entry, and fetches under the fence
    /// of that read. `None` if the lease ran out meanwhile: this container was frozen.
    async fn fetch_holding(
        self: &Arc<Self>,
        mut lease: HeldLease,
        request: &Request,
        look: &Arc<Look>,
        why: Forward,
        purpose: Purpose,
    ) -> Option<Landed> {
        let look = match self.read_entry(request).await {
            Err(_) => look.clone(),
            Ok((again, stored)) => match self.landed_without_fetch(request, &again, stored, purpose) {
                Some(landed) => {
                    lease.give_back().await;
                    return Some(landed);
                }
                None => again,
            },
        };
        if self.environment.now().since(lease.renewed) >= self.settings.lease.duration {
            lease.give_back().await;
            return None;
        }
        let landed = lease.renew_while(self.fetch_and_keep(request, &look, why)).await;
        lease.give_back().await;
        Some(landed)
    }

    async fn take_lease(
        self: &Arc<Self>,
        key: &Key,
        over: Option<&str>,
    ) -> Result<Either<HeldLease, LeaseItem>, StoreError> {
        let item = self.lease_item();
        // Held before it is taken: dropped in between, it is given back in any case.
        let held = HeldLease {
            inner: self.clone(),
            key: key.clone(),
            owner: item.owner.clone(),
            renewed: self.environment.now(),
            unanswered: Vec::new(),
        };
        let attempt = self.store.ask(key.data_type(), |store| store.take_lease(key, &item, over)).await;
        match attempt {
            Ok(LeaseAttempt::Taken) => Ok(Either::Left(held)),
            Ok(LeaseAttempt::Held(other)) => {
                held.defuse();
                Ok(Either::Right(other))
            }
            Err(error) => Err(error),
        }
    }

    fn lease_item(&self) -> LeaseItem {
        let until = self.environment.now().unix_millis() + self.settings.lease.duration.as_millis() as u64;
        let owner = format!("{:016x}{:016x}", self.environment.random(), self.environment.random());
        LeaseItem { owner, until, ttl: until / 1_000 + KEPT }
    }

    fn has_run_out(&self, lease: &Observed) -> bool {
        lease.long_gone || self.environment.now().since(lease.since) >= self.settings.lease.duration
    }

    /// A fifth of the deadline is left for a fetch of one's own.
    fn has_waited_enough(&self, request: &Request) -> bool {
        self.environment.now().since(request.start.at) >= request.directives.deadline.mul_f64(0.8)
    }

    /// Between half and one and a half of the mean pause.
    fn poll_pause(&self) -> Duration {
        let mean = self.settings.lease.poll;
        mean / 2 + mean.mul_f64((self.environment.random() % 1_000) as f64 / 1_000.0)
    }

    /// Gives back what was dropped. Awaited where nothing may rely on work after the answer.
    pub(super) async fn release_dropped(&self) {
        let _under_way = self.releases.under_way.lock().await;
        for (key, owner) in self.releases.take() {
            let release = self.store.ask(key.data_type(), |store| store.release_lease(&key, &owner));
            if let Err(error) = release.await {
                tracing::debug!(%key, %error, "a lease was not given back; it runs out by itself");
            }
        }
    }
}

impl HeldLease {
    /// `work`'s output; meanwhile the lease is renewed.
    async fn renew_while<F: Future>(&mut self, work: F) -> F::Output {
        let mut work = pin!(work);
        loop {
            let pause = self.inner.environment.sleep(self.inner.settings.lease.renewal);
            match select(work.as_mut(), pause).await {
                Either::Left((output, _)) => return output,
                Either::Right(_) => {}
            }
            let done = match select(work.as_mut(), pin!(self.renew())).await {
                // The renewal is finished all the same, so that it is known whose the lease is.
                Either::Left((output, renewal)) => {
                    renewal.await;
                    Some(output)
                }
                Either::Right(_) => None,
            };
            if let Some(output) = done {
                return output;
            }
        }
    }

    async fn renew(&mut self) {
        // The second time over an earlier renewal that took effect although its answer was lost.
        for _ in 0..2 {
            let (item, sent) = (self.inner.lease_item(), self.inner.environment.now());
            self.unanswered.push(item.owner.clone());
            let (key, over) = (&self.key, Some(self.owner.as_str()));
            let renewal = self.inner.store.ask(key.data_type(), |store| store.take_lease(key, &item, over));
            match renewal.await {
                Ok(LeaseAttempt::Taken) => {
                    self.owner = item.owner;
                    self.renewed = sent;
                    self.unanswered.clear();
                    return;
                }
                Ok(LeaseAttempt::Held(standing)) => {
                    self.unanswered.pop();
                    if !self.unanswered.contains(&standing.owner) {
                        return;
                    }
                    self.owner = standing.owner;
                }
                Err(_) => return,
            }
        }
    }

    async fn give_back(self) {
        let inner = self.inner.clone();
        drop(self);
        inner.release_dropped().await;
    }

    /// Not taken after all: there is nothing to give back.
    fn defuse(mut self) {
        self.owner.clear();
    }
}

impl Drop for HeldLease {
    fn drop(&mut self) {
        if self.owner.is_empty() {
            return;
        }
        let inner = self.inner.clone();
        let owners = std::iter::once(std::mem::take(&mut self.owner)).chain(self.unanswered.drain(..));
        inner.releases.add(&self.key, owners);
        self.inner.environment.spawn(Box::pin(async move { inner.release_dropped().await }));
    }
}

impl Releases {
    fn add(&self, key: &Key, owners: impl Iterator<Item = String>) {
        self.dropped().extend(owners.map(|owner| (key.clone(), owner)));
    }

    fn take(&self) -> Vec<(Key, String)> {
        std::mem::take(&mut *self.dropped())
    }

    fn dropped(&self) -> MutexGuard<'_, Vec<(Key, String)>> {
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
