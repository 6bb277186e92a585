use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use super::held_lease::HeldLease;
use super::load::{Landed, Purpose};
use super::{Inner, Request};
use crate::answer::Forward;
use crate::environment::{Moment, millis, share};
use crate::key::Key;
use crate::look::Look;
use crate::store::{LeaseAttempt, LeaseItem, StoreError};

/// How often whoever waits looks for the entry between two attempts at the lease.
const LOOKS_PER_ATTEMPT: usize = 4;
/// How often a lease may run out before the fetch under it began. Once, a container was frozen; again, the store is so
/// slow that no lease would last.
const MOST_RUN_OUT: usize = 2;
/// How long past its end the store keeps a lease, in seconds.
const KEPT: u64 = 3_600;

/// What came of asking for a lease.
enum Attempt {
    Ours(HeldLease),
    Theirs(LeaseItem),
}

/// Someone else's lease, and since when it has stood unchanged by our own clock: clocks of two containers are never
/// compared.
struct Observed {
    owner: String,
    since: Moment,
    /// The store itself may have forgotten it by now: no two clocks differ by that much.
    long_gone: bool,
}

/// What came of waiting for whoever holds the lease.
enum Waited {
    Landed(Landed),
    /// Nothing yet, by this look; a lease may be had by now.
    InVain(Arc<Look>),
    /// There is just time for a fetch of one's own.
    Enough(Arc<Look>),
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
        let mut run_out = 0;
        loop {
            let over = observed.as_ref().filter(|lease| self.has_run_out(lease)).map(|lease| lease.owner.clone());
            match self.take_lease(&request.key, over.as_deref()).await {
                // A store that fails now holds nobody up.
                Err(_) => return self.fetch_and_keep(request, &look, why).await,
                Ok(Attempt::Ours(lease)) => {
                    if over.is_some() {
                        self.statistics.events.lease_taken_over.fetch_add(1, Relaxed);
                    }
                    let lease = match self.fetch_holding(lease, request, &look, why, purpose).await {
                        Ok(landed) => return landed,
                        Err(run_out) => run_out,
                    };
                    run_out += 1;
                    if run_out >= MOST_RUN_OUT || self.has_waited_enough(request) {
                        // Given back behind this request: so slow a store has taken enough of its time.
                        drop(lease);
                        return self.fetch_and_keep(request, &look, why).await;
                    }
                    lease.give_back().await;
                }
                Ok(Attempt::Theirs(held)) => {
                    if observed.as_ref().is_none_or(|known| known.owner != held.owner) {
                        let seen = observed.insert(self.observe(held));
                        if seen.long_gone {
                            continue;
                        }
                    }
                    match self.wait_for_holder(request, look, purpose).await {
                        Waited::Landed(landed) => return landed,
                        Waited::InVain(again) => look = again,
                        Waited::Enough(look) => return self.fetch_and_keep(request, &look, why).await,
                    }
                }
            }
        }
    }

    /// Reads once more under the lease, since its last holder may have filled the entry, and fetches under the fence
    /// of that read. The lease is an error if it ran out meanwhile.
    async fn fetch_holding(
        self: &Arc<Self>,
        mut lease: HeldLease,
        request: &Request,
        look: &Arc<Look>,
        why: Forward,
        purpose: Purpose,
    ) -> Result<Landed, HeldLease> {
        let look = match self.read_entry(request).await {
            Err(_) => look.clone(),
            Ok((again, stored)) => match self.landed_without_fetch(request, &again, stored, purpose) {
                Some(landed) => {
                    lease.give_back().await;
                    return Ok(landed);
                }
                None => again,
            },
        };
        if lease.has_run_out() {
            return Err(lease);
        }
        let landed = lease.renew_while(self.fetch_and_keep(request, &look, why)).await;
        lease.give_back().await;
        Ok(landed)
    }

    /// Looks for the entry that the holder of the lease is to fill, a few times.
    async fn wait_for_holder(&self, request: &Request, mut look: Arc<Look>, purpose: Purpose) -> Waited {
        for _ in 0..LOOKS_PER_ATTEMPT {
            if self.has_waited_enough(request) {
                return Waited::Enough(look);
            }
            self.environment.sleep(self.poll_pause()).await;
            let Ok((again, stored)) = self.read_entry(request).await else { continue };
            if let Some(landed) = self.landed_without_fetch(request, &again, stored, purpose) {
                return Waited::Landed(landed);
            }
            look = again;
        }
        Waited::InVain(look)
    }

    async fn take_lease(self: &Arc<Self>, key: &Key, over: Option<&str>) -> Result<Attempt, StoreError> {
        let item = self.lease_item();
        // Held before it is taken: dropped in between, it is given back in any case.
        let held = HeldLease::of(self, key, item.owner.clone());
        match self.store.ask(key.data_type(), |store| store.take_lease(key, &item, over)).await? {
            LeaseAttempt::Taken => Ok(Attempt::Ours(held)),
            LeaseAttempt::Held(other) => {
                held.defuse();
                Ok(Attempt::Theirs(other))
            }
        }
    }

    /// A lease that begins now, of an owner that there was never before.
    pub(super) fn lease_item(&self) -> LeaseItem {
        let until = self.environment.now().unix_millis().saturating_add(millis(self.settings.lease.duration));
        let owner = format!("{:016x}{:016x}", self.environment.random(), self.environment.random());
        LeaseItem { owner, until, ttl: until / 1_000 + KEPT }
    }

    fn observe(&self, held: LeaseItem) -> Observed {
        let since = self.environment.now();
        Observed { owner: held.owner, since, long_gone: held.ttl < since.wall.as_secs() }
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
        (mean / 2).saturating_add(mean.mul_f64(share(&*self.environment)))
    }
}
