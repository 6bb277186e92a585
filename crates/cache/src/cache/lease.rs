use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::held_lease::HeldLease;
use super::load::{EntryRead, Landed, Purpose};
use super::waiting::{Observed, Waited};
use super::{Inner, Request};
use crate::answer::Forward;
use crate::environment::millis;
use crate::key::Key;
use crate::store::{Claim, LeaseAttempt, LeaseItem, StoreError};

/// How often a lease may run out before the fetch under it began. Once, a container was frozen; again, no lease would
/// last.
const MOST_RUN_OUT: usize = 2;
/// How long past its end the store keeps a lease, in seconds.
const KEPT: u64 = 3_600;

/// What came of asking for a lease.
enum Attempt {
    Ours(HeldLease),
    Theirs(LeaseItem),
}

/// A lease that may be taken over.
enum Over {
    /// Nothing was filled under it since the entry was last read, and nothing will be. Whoever fills after that has to take
    /// it over first: to be the one who does is as good as to read the entry once more.
    Finished(String),
    /// Its holder seems dead, and may fill yet.
    RunOut(String),
}

impl Inner {
    /// Steps 4 and 5: fetches as the one of the fleet that holds the lease, or waits for that one.
    pub(super) async fn fetch_leased(
        self: &Arc<Self>,
        request: &Request,
        mut read: EntryRead,
        why: Forward,
        purpose: Purpose,
    ) -> Landed {
        let mut observed: Option<Observed> = None;
        let mut run_out = 0;
        loop {
            let over = self.to_be_taken_over(&read, observed.as_ref());
            match self.take_lease(&request.key, over.as_ref()).await {
                // A store that fails now holds nobody up.
                Err(_) => return self.fetch_and_keep(request, &read, why, None).await,
                Ok(Attempt::Ours(lease)) => {
                    if let Some(Over::RunOut(_)) = over {
                        self.statistics.events.lease_taken_over.fetch_add(1, Relaxed);
                        if let Some(landed) = self.read_again(request, &mut read, purpose).await {
                            lease.finish().await;
                            return landed;
                        }
                    }
                    let lease = match self.fetch_holding(lease, request, &read, why).await {
                        Ok(landed) => return landed,
                        Err(lease) => lease,
                    };
                    run_out += 1;
                    if run_out >= MOST_RUN_OUT || self.has_waited_enough(request) {
                        // Given back behind this request, which has waited enough.
                        drop(lease);
                        return self.fetch_and_keep(request, &read, why, None).await;
                    }
                    let owner = lease.finish().await;
                    if let Some(landed) = self.read_again(request, &mut read, purpose).await {
                        return landed;
                    }
                    observed = Some(Observed { owner, since: self.environment.now(), ended: true, long_gone: false });
                }
                Ok(Attempt::Theirs(held)) => {
                    let known = observed.take().filter(|known| known.owner == held.owner && !held.ended);
                    let theirs = known.unwrap_or_else(|| self.observe(held));
                    match self.wait_for_holder(request, read, &theirs, purpose).await {
                        Waited::Landed(landed) => return landed,
                        Waited::InVain(again) => read = again,
                        Waited::Enough(read) => return self.fetch_and_keep(request, &read, why, None).await,
                    }
                    observed = Some(theirs);
                }
            }
        }
    }

    /// Fetches under the lease, by the fence of a look that was sent before it was taken or under it: a fence may be too
    /// old, never too new. The lease is an error if it ran out before the fetch.
    async fn fetch_holding(
        self: &Arc<Self>,
        mut lease: HeldLease,
        request: &Request,
        read: &EntryRead,
        why: Forward,
    ) -> Result<Landed, HeldLease> {
        let tenure = lease.tenure();
        if tenure.has_run_out(self.environment.now(), self.settings.lease.duration) {
            return Err(lease);
        }
        let landed = lease.renew_while(self.fetch_and_keep(request, read, why, Some(&tenure))).await;
        lease.finish().await;
        Ok(landed)
    }

    /// Reads the entry once more, since somebody may have filled it; what it brings if it will do. A store that fails
    /// now leaves what was read before.
    async fn read_again(&self, request: &Request, read: &mut EntryRead, purpose: Purpose) -> Option<Landed> {
        *read = self.read_entry(request).await.ok()?;
        self.landed_without_fetch(request, read, purpose)
    }

    /// Whose lease may be taken over, by what was read last and what was seen of leases before that.
    fn to_be_taken_over(&self, read: &EntryRead, observed: Option<&Observed>) -> Option<Over> {
        match observed {
            Some(lease) if lease.ended || read.names(lease) => Some(Over::Finished(lease.owner.clone())),
            Some(lease) if self.has_run_out(lease) => Some(Over::RunOut(lease.owner.clone())),
            _ => read.lease.clone().map(Over::Finished),
        }
    }

    async fn take_lease(self: &Arc<Self>, key: &Key, over: Option<&Over>) -> Result<Attempt, StoreError> {
        let item = self.lease_item();
        let claim = over.map_or(Claim::New, Over::claim);
        // Held before it is taken: dropped in between, it is given back in any case.
        let held = HeldLease::of(self, key, item.owner.clone());
        match self.store.ask(key.data_type(), |store| store.take_lease(key, &item, &claim)).await? {
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
        LeaseItem { owner, until, ttl: until / 1_000 + KEPT, ended: false }
    }
}

impl Over {
    fn claim(&self) -> Claim {
        match self {
            Self::Finished(owner) | Self::RunOut(owner) => Claim::TakeOver(owner.clone()),
        }
    }
}
